using System.Diagnostics;

namespace ConsulMq.Packager;

/// <summary>Programs that a build machine has.</summary>
internal static class Tool
{
    /// <summary>Runs a program and returns what it wrote to standard output.</summary>
    /// <exception cref="PackagingException">It is not there, or its exit code is not 0; with what it wrote.</exception>
    public static async Task<string> RunAsync(string program, string folder, params IEnumerable<string> arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PackagingException($"{program} cannot be started: {e.Message}");
        }
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? output
                : throw new PackagingException($"{program} ended with exit code {process.ExitCode}: {output}{await errors}");
        }
    }
}
