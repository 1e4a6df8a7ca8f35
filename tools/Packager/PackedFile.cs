using System.Runtime.Versioning;
using NuGet.Frameworks;
using NuGet.Packaging;

namespace ConsulMq.Packager;

/// <summary>A file of a package, in memory. It can be read as often as asked.</summary>
/// <param name="name">Its path, with slashes.</param>
/// <param name="content">What is in it.</param>
/// <param name="time">When it was written.</param>
internal sealed class PackedFile(string name, byte[] content, DateTimeOffset time) : IPackageFile
{
    public string Path { get; } = name.Replace('/', System.IO.Path.DirectorySeparatorChar);

    public string EffectivePath => Path;

    public FrameworkName? TargetFramework => null;

    /// <summary>It decides nothing when a package is written.</summary>
    public NuGetFramework NuGetFramework => NuGetFramework.AnyFramework;

    public DateTimeOffset LastWriteTime => time;

    public Stream GetStream() => new MemoryStream(content, writable: false);
}
