using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ConsulMq.DevAgent;

/// <summary>The consul program on this machine.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Version">Its version.</param>
internal sealed record ConsulProgram(string Path, Version Version)
{
    /// <summary>The variable that names the program where it is not in PATH.</summary>
    public const string Variable = "CONSULMQ_CONSUL";

    /// <summary>Where the program is: in the variable, else in PATH; null: nowhere.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? System.IO.Path.GetFullPath(named) : null;
        var name = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "consul.exe" : "consul";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
            .Where(static folder => folder.Length > 0)
            .Select(folder => System.IO.Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Asks the program for its version. Null: it is not Consul, or does not run here.</summary>
    public static ConsulProgram? Ask(string path)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, "version") { UseShellExecute = false, CreateNoWindow = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(10_000))
            {
                process.Kill();
                return null;
            }

            var match = Regex.Match(output.Result, @"Consul v?(\d+\.\d+\.\d+)");
            return match.Success ? new ConsulProgram(path, new Version(match.Groups[1].Value)) : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The arguments of an agent for development: in memory, on the loopback address, on these ports alone.</summary>
    public IReadOnlyList<string> AgentArguments(AgentPorts ports)
    {
        // Consul refuses keys that its version does not know.
        var grpcTls = Version >= new Version(1, 14) ? "grpc_tls = -1," : "";
        return
        [
            "agent", "-dev", "-log-level=warn", "-node=consulmq-dev", "-bind=127.0.0.1", "-client=127.0.0.1",
            $"-hcl=ports {{ http = {ports.Http}, server = {ports.Server}, serf_lan = {ports.Serf}, serf_wan = -1, dns = -1, grpc = -1, {grpcTls} https = -1 }}".Replace(",", "\n"),
            "-hcl=disable_update_check = true",
        ];
    }
}
