using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ConsulMq.Module.Tests.Assemblies;

/// <summary>What an assembly's metadata says of it, without loading it.</summary>
internal sealed record AssemblyFile(AssemblyIdentity Identity, IReadOnlyList<AssemblyIdentity> References)
{
    /// <summary>The assemblies of a folder.</summary>
    public static IReadOnlyList<AssemblyFile> In(string folder) => [.. Directory.GetFiles(folder, "*.dll").Select(Read)];

    private static AssemblyFile Read(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        var name = metadata.GetAssemblyDefinition().GetAssemblyName();
        return new(
            new(name.Name!, name.Version!, Convert.ToHexString(name.GetPublicKeyToken() ?? [])),
            [.. metadata.AssemblyReferences.Select(handle =>
            {
                var reference = metadata.GetAssemblyReference(handle);
                return new AssemblyIdentity(metadata.GetString(reference.Name), reference.Version, Convert.ToHexString(metadata.GetBlobBytes(reference.PublicKeyOrToken)));
            })]);
    }
}

/// <summary>An assembly's name, its version, and the token of its public key in hexadecimal digits.</summary>
internal sealed record AssemblyIdentity(string Name, Version Version, string Token);
