#if NETSTANDARD2_0
using System.Reflection;

namespace ConsulMq.Module.Internal;

/// <summary>
/// Finds the assemblies that this build brings along for Windows PowerShell 5.1. .NET Framework asks for the exact version a reference was
/// compiled with, and a module has no configuration file for binding redirects.
/// </summary>
/// <remarks>
/// <para>
/// Answers for requests that come from its folder, with files of its folder, and for nothing else: what another module, a script or nobody known asks for is
/// none of its business, even where the name is one of ours. See docs/compatibility.md for what .NET Framework does before it asks here.
/// </para>
/// <para>Touches no type outside the framework, so that it can be installed before any of those assemblies is needed.</para>
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
    /// <param name="requester">The display name of the asking assembly; null when the runtime does not say.</param>
    /// <param name="location">Where it lies; null or empty: in no file.</param>
    public string? Find(string reference, string? requester, string? location)
    {
        var wanted = new AssemblyName(reference);
        return _files.TryGetValue(wanted.Name, out AssemblyName? file)
            && (wanted.Version is null || file.Version >= wanted.Version)
            && HasTokenOf(wanted, file)
            && requester is not null && location is { Length: > 0 } && IsOurs(new AssemblyName(requester), Path.GetDirectoryName(location)!, wanted)
            ? file.CodeBase
            : null;
    }

    public Assembly? Resolve(object? sender, ResolveEventArgs args)
    {
        Assembly? requester = args.RequestingAssembly;
        if (requester is null || requester.IsDynamic)
            return null;
        string? file = Find(args.Name, requester.FullName, requester.Location);
        return file is null ? null : Assembly.LoadFrom(file);
    }

    /// <summary>
    /// Whether the asking assembly is one of this folder, or stands for one: of two files with the same strong name .NET Framework loads one only, for both modules. Such
    /// a one asks us if what it wants does not lie beside it.
    /// </summary>
    private bool IsOurs(AssemblyName requester, string folder, AssemblyName wanted) =>
        string.Equals(folder, _folder, StringComparison.OrdinalIgnoreCase)
        || (_files.TryGetValue(requester.Name, out AssemblyName? same)
            && same.Version == requester.Version
            && same.GetPublicKeyToken() is { Length: > 0 }
            && HasTokenOf(requester, same)
            && !File.Exists(Path.Combine(folder, wanted.Name + ".dll")));

    private static bool HasTokenOf(AssemblyName one, AssemblyName other) =>
        (one.GetPublicKeyToken() ?? []).AsEnumerable().SequenceEqual(other.GetPublicKeyToken() ?? []);
}
#endif
