#if NETSTANDARD2_0
using System.Reflection;

namespace ConsulMq.Module.Internal;

/// <summary>
/// Finds the assemblies that this build brings along for Windows PowerShell 5.1. .NET Framework asks for the exact version a reference was
/// compiled with, and a module has no configuration file for binding redirects.
/// </summary>
/// <remarks>
/// Answers for the files of one folder and nothing else: another module's request for an assembly of the same name is none of its business.
/// Touches no type outside the framework, so that it can be installed before any of those assemblies is needed.
/// </remarks>
internal sealed class DependencyResolver
{
    private readonly string _folder;
    private readonly Dictionary<string, AssemblyName> _files = new(StringComparer.OrdinalIgnoreCase);

    public DependencyResolver(string folder)
    {
        _folder = folder;
        foreach (string file in Directory.GetFiles(folder, "*.dll"))
        {
            var name = AssemblyName.GetAssemblyName(file);
            name.CodeBase = file;
            _files[name.Name] = name;
        }
    }

    /// <summary>The path of the file that satisfies the reference, or null.</summary>
    /// <param name="reference">The display name that is asked for.</param>
    /// <param name="requester">Where the asking assembly lies; null when the runtime does not say.</param>
    public string? Find(string reference, string? requester)
    {
        if (requester is { Length: > 0 } && !string.Equals(Path.GetDirectoryName(requester), _folder, StringComparison.OrdinalIgnoreCase))
            return null;
        var wanted = new AssemblyName(reference);
        return _files.TryGetValue(wanted.Name, out AssemblyName? file)
            && (wanted.Version is null || file.Version >= wanted.Version)
            && (wanted.GetPublicKeyToken() ?? []).AsEnumerable().SequenceEqual(file.GetPublicKeyToken() ?? [])
            ? file.CodeBase
            : null;
    }

    public Assembly? Resolve(object? sender, ResolveEventArgs args)
    {
        Assembly? requester = args.RequestingAssembly;
        string? file = Find(args.Name, requester is null || requester.IsDynamic ? null : requester.Location);
        return file is null ? null : Assembly.LoadFrom(file);
    }
}
#endif
