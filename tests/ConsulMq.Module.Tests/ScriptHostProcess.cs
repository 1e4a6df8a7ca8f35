using System.Diagnostics;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests;

/// <summary>Starts scripts in processes of their own, with the built module on the module path.</summary>
internal static class ScriptHostProcess
{
    /// <summary>Starts a script given as text. Its output can be read while it runs.</summary>
    public static Process Start(string script, params IEnumerable<string> arguments) => Start(["-Command", script, .. arguments]);

    /// <summary>Starts a script file.</summary>
    public static Process StartFile(string file, params IEnumerable<string> arguments) => Start([file, .. arguments]);

    private static Process Start(IEnumerable<string> arguments)
    {
        string host = Path.Combine(AppContext.BaseDirectory, "ConsulMq.ScriptHost.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [host, "--module-path", Repository.ModulePath, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["CONSULMQ_TRANSCRIPTS"] = TestOutput.Transcripts },
        })!;
    }
}
