using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Who is connected.</summary>
public abstract class NodeCommandTests(string connect) : CommandTests(connect)
{
    private const string Mine = "Get-ConsulMqNode | Where-Object Id -eq (Get-ConsulMqConnection).NodeId";

    [Fact]
    public async Task Whoever_connects_is_listed()
    {
        await Eventually.TrueAsync(() => Run(Mine).Length == 1);

        var node = Run($"$n = {Mine}; $n.GetType().FullName, $n.Host, $n.ProcessId, $n.User, $n.ModuleVersion, $n.Runtime, $n.DefaultQueue, $n.Prefix, \"$($n.Status)\", ($n.ConnectedAt -is [DateTimeOffset])");

        Assert.Equal(["ConsulMq.ConsulMqNode", Environment.MachineName, Environment.ProcessId], node[..3]);
        Assert.EndsWith(Environment.UserName, (string)node[3], StringComparison.Ordinal);
        Assert.Equal(Run("(Get-Module ConsulMq).Version.ToString()")[0], node[4]);
        Assert.StartsWith("PowerShell 7.", (string)node[5], StringComparison.Ordinal);
        Assert.Equal(["consulmq", Run("(Get-ConsulMqConnection).Prefix")[0], "Passing", true], node[6..]);
    }

    [Fact]
    public void The_script_blocks_of_a_worker_are_no_nodes_of_their_own()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs");

        Assert.Equal([1], Run("Invoke-ConsulMqWorker jobs -ThrottleLimit 3 -StopWhenEmpty { (Get-ConsulMqConnection).NodeId } | ForEach-Object -Begin { $ids = @{} } -Process { $ids[$_] = 1 } -End { $ids.Count }"));
    }
}

public sealed class NodesInMemory() : NodeCommandTests(InMemory);

public sealed class NodesOnConsul(ConsulFixture consul) : NodeCommandTests(To(consul)), IClassFixture<ConsulFixture>
{
    private readonly string _connect = To(consul);
    private readonly string _address = consul.Address;
    private readonly ModuleRunspace _observer = new();

    [Fact]
    public async Task Whoever_disconnects_is_not_listed_any_more()
    {
        var id = (string)Run("(Get-ConsulMqConnection).NodeId")[0];
        await IsListed(id);

        Run("Disconnect-ConsulMq");

        await IsGone(id);
    }

    [Fact]
    public async Task Whoever_removes_the_module_or_closes_the_runspace_is_not_listed_any_more()
    {
        using var one = new ModuleRunspace();
        using var two = new ModuleRunspace();
        var first = (string)Assert.Single(one.Run(_connect + " | ForEach-Object NodeId").Values);
        var second = (string)Assert.Single(two.Run(_connect + " | ForEach-Object NodeId").Values);
        await IsListed(first);
        await IsListed(second);

        one.Run("Remove-Module ConsulMq");
        two.Dispose();

        await IsGone(first);
        await IsGone(second);
    }

    [Fact]
    public async Task Whoever_connects_anew_in_the_same_place_is_listed_once()
    {
        var former = (string)Run("(Get-ConsulMqConnection).NodeId")[0];
        var elsewhere = (string)Run($"$global:a = Connect-ConsulMq '{_address}' -Prefix elsewhere/{Guid.NewGuid():N}; $a.NodeId")[0];
        await IsListed(former);
        await IsListed(elsewhere);

        var latest = (string)Run($"(Connect-ConsulMq '{_address}' -Prefix $a.Prefix).NodeId")[0];

        await IsListed(latest);
        await IsGone(elsewhere);
        await IsListed(former);
        Assert.Equal([null!, "x"], Run("$a.NodeId; $null = 'x' | Push-ConsulMqItem jobs -Connection $a; (Pop-ConsulMqItem jobs -Connection $a).Body"));
    }

    [Fact]
    public void Who_does_not_want_to_be_listed_is_not()
    {
        Assert.Empty(Run($"$c = {_connect} -NoRegister; @($c.NodeId) | Where-Object {{ $_ }}"));
        Assert.Empty(Run("Get-ConsulMqNode | Where-Object Prefix -eq (Get-ConsulMqConnection).Prefix"));
    }

    public override void Dispose()
    {
        _observer.Dispose();
        base.Dispose();
    }

    private Task IsListed(string id) => Eventually.TrueAsync(() => Observed(id) == 1, TimeSpan.FromSeconds(30));

    private Task IsGone(string id) => Eventually.TrueAsync(() => Observed(id) == 0, TimeSpan.FromSeconds(30));

    private int Observed(string id) => _observer.Run($"if (-not (Get-ConsulMqConnection)) {{ $null = Connect-ConsulMq '{_address}' -NoRegister }}; Get-ConsulMqNode | Where-Object Id -eq {id}").Output.Count;
}
