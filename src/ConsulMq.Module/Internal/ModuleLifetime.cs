#if NETSTANDARD2_0
using System.Management.Automation;

namespace ConsulMq.Module.Internal;

/// <summary>Installs the resolver of <see cref="DependencyResolver"/> as long as the module is imported.</summary>
/// <remarks>The engine creates one instance for the import and another one for the removal, so the handler is kept beside them.</remarks>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly object Gate = new();
    private static DependencyResolver? s_resolver;
    private static int s_imports;

    /// <inheritdoc />
    public void OnImport()
    {
        // Each runspace of the process imports for itself; the handler belongs to the process.
        lock (Gate)
        {
            if (s_imports++ > 0)
                return;
            s_resolver = new DependencyResolver(Path.GetDirectoryName(typeof(ModuleLifetime).Assembly.Location)!);
            AppDomain.CurrentDomain.AssemblyResolve += s_resolver.Resolve;
        }
    }

    /// <inheritdoc />
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        lock (Gate)
        {
            if (s_imports == 0 || --s_imports > 0)
                return;
            AppDomain.CurrentDomain.AssemblyResolve -= s_resolver!.Resolve;
            s_resolver = null;
        }
    }
}
#endif
