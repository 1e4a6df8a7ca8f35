using System.Management.Automation;

namespace ConsulMq.Session;

/// <summary>Ends the runspace's connection and development agents when the module is removed: nobody could reach them any more.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc />
    public void OnRemove(PSModuleInfo psModuleInfo) => RunspaceState.Current.Clear();
}
