using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests;

/// <summary>The examples are scripts that check themselves; they run as a user would run them.</summary>
public sealed class ExampleTests
{
    [Theory]
    [InlineData("worker.ps1", "-InMemory")]
    public async Task An_example_comes_to_a_good_end(string script, params string[] arguments)
    {
        using var process = ScriptHostProcess.StartFile(Path.Combine(Repository.Root, "examples", script), arguments);
        var errors = process.StandardError.ReadToEndAsync();

        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}: {output}{await errors}");
        Assert.Empty(await errors);
        Assert.EndsWith("Nothing is left.", output.TrimEnd(), StringComparison.Ordinal);
    }
}
