using System.Diagnostics;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Support;

[Trait(TestedBuild.Trait, TestedBuild.Any)]
public sealed class ConsulServerLifetimeTests
{
    private const string Holder =
        """
        $server = [Reflection.Assembly]::LoadFrom($args[0]).GetType('ConsulMq.TestSupport.ConsulServer')::StartAsync().GetAwaiter().GetResult()
        [Console]::WriteLine($server.ProcessId)
        [Threading.Thread]::Sleep(-1)
        """;

    [Fact]
    public async Task Consul_ends_with_the_process_that_started_it_even_by_kill_9()
    {
        if (OperatingSystem.IsWindows())
            return; // there it ends with an orderly exit only

        using Process holder = ScriptHostProcess.Start(Holder, typeof(ConsulServer).Assembly.Location);
        int consul = int.Parse((await holder.StandardOutput.ReadLineAsync())!);
        Assert.True(ProcessState.IsRunning(consul));

        holder.Kill();

        await Eventually.TrueAsync(() => !ProcessState.IsRunning(consul));
    }
}
