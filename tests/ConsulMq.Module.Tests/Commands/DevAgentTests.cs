using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

public sealed class DevAgentTests() : CommandTests("")
{
    [Fact]
    public async Task It_is_ready_connected_and_ends_when_told_to()
    {
        var binary = await ConsulSource.GetBinaryAsync();

        var agent = Run($"$global:a = Start-ConsulMqDevAgent -Path '{binary}'; $null = 'x' | Push-ConsulMqItem jobs; (Pop-ConsulMqItem jobs).Body, $a.ProcessId, $a.Path, $a.IsRunning, $a.Version");

        Assert.Equal("x", agent[0]);
        Assert.True(ProcessState.IsRunning((int)agent[1]));
        Assert.Equal([binary, true], agent[2..4]);
        Assert.Equal([false], Run("$a | Stop-ConsulMqDevAgent; $a.IsRunning"));
        await Eventually.TrueAsync(() => !ProcessState.IsRunning((int)agent[1]));
        Assert.Empty(Run("Get-ConsulMqConnection"));
    }

    [Fact]
    public async Task Several_run_side_by_side_and_all_end_with_the_runspace()
    {
        var binary = await ConsulSource.GetBinaryAsync();
        int[] ids;
        using (var session = new ModuleRunspace())
            ids = [.. session.Run($"1..2 | ForEach-Object {{ (Start-ConsulMqDevAgent '{binary}' -NoConnect).ProcessId }}; Get-ConsulMqConnection").Values.Cast<int>()];

        Assert.Equal(2, ids.Length);
        await Eventually.TrueAsync(() => !ids.Any(ProcessState.IsRunning));
    }

    [Fact]
    public async Task It_ends_with_its_process_even_by_kill_9()
    {
        if (OperatingSystem.IsWindows())
            return; // the job object that does it there cannot be tried out elsewhere
        var binary = await ConsulSource.GetBinaryAsync();
        using var holder = ScriptHostProcess.Start("Import-Module ConsulMq; [Console]::WriteLine((Start-ConsulMqDevAgent $args[0]).ProcessId); [Threading.Thread]::Sleep(-1)", binary);
        var consul = int.Parse((await holder.StandardOutput.ReadLineAsync())!);
        Assert.True(ProcessState.IsRunning(consul));

        holder.Kill();

        await Eventually.TrueAsync(() => !ProcessState.IsRunning(consul));
    }

    [Theory]
    [InlineData("-Path /no/such/consul", "There is no program")]
    [InlineData("-Path $PSHOME", "There is no program")]
    public void Without_a_program_it_says_what_to_do(string arguments, string message)
    {
        var error = Fail("Start-ConsulMqDevAgent " + arguments);

        Assert.Equal("ConsulNotFound,ConsulMq.Commands.StartDevAgentCommand", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-InMemory", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        var binary = await ConsulSource.GetBinaryAsync();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var error = Fail($"Start-ConsulMqDevAgent '{binary}' -Port {port}");

        Assert.Equal("DevAgentFailed,ConsulMq.Commands.StartDevAgentCommand", error.FullyQualifiedErrorId);
        Assert.Contains($"Port {port}", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_of_nothing_is_no_error_and_of_a_stranger_is_one()
    {
        Run("Stop-ConsulMqDevAgent");
        Assert.Equal("DevAgentNotFound,ConsulMq.Commands.StopDevAgentCommand", Fail($"Stop-ConsulMqDevAgent -ProcessId {Environment.ProcessId}").FullyQualifiedErrorId);
    }
}
