using System.Diagnostics;
using System.Management.Automation;
using ConsulMq.Nodes;

namespace ConsulMq.Session;

/// <summary>What this process says of itself to others who use the same Consul.</summary>
internal static class ThisNode
{
    public static NodeDescription Describe(PSCmdlet cmdlet)
    {
        using var process = Process.GetCurrentProcess();
        return new NodeDescription
        {
            Host = Environment.MachineName,
            ProcessId = process.Id,
            User = User(),
            ModuleVersion = typeof(ThisNode).Assembly.GetName().Version is { } version ? version.ToString(3) : "",
            Runtime = "PowerShell " + ((cmdlet.GetVariableValue("PSVersionTable") as System.Collections.IDictionary)?["PSVersion"] ?? cmdlet.Host.Version),
        };
    }

    /// <summary>With its domain, where there is one besides the machine's own.</summary>
    private static string User()
    {
        var domain = Environment.UserDomainName;
        return string.IsNullOrEmpty(domain) || string.Equals(domain, Environment.MachineName, StringComparison.OrdinalIgnoreCase)
            ? Environment.UserName
            : $"{domain}\\{Environment.UserName}";
    }
}
