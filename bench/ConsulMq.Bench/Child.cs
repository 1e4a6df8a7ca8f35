using System.Diagnostics;
using System.Globalization;

namespace ConsulMq.Bench;

/// <summary>Measures that need a fresh process: this program again, with the measure's name.</summary>
internal static class Child
{
    /// <summary>The numbers that the child printed in its last line.</summary>
    public static async Task<double[]> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Run as "dotnet ConsulMq.Bench.dll", the process is dotnet's.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(Child).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{arguments[0]}' ended with {process.ExitCode}: {output}");
        return [.. output.Trim().Split('\n')[^1].Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
    }
}
