using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What others wrote into a queue's keys, by Consul's UI or with another version.</summary>
public sealed class ForeignDataTests : CommandTests, IClassFixture<ConsulFixture>
{
    private static readonly HttpClient Http = new();

    private readonly string _keys;

    public ForeignDataTests(ConsulFixture consul)
        : this(consul, ConsulFixture.NewPrefix())
    {
    }

    private ForeignDataTests(ConsulFixture consul, string prefix)
        : base($"Connect-ConsulMq '{consul.Address}' -Prefix '{prefix}'") => _keys = $"{consul.Address}/v1/kv/{prefix}/";

    [Fact]
    public async Task A_damaged_entry_is_named_left_alone_and_passed_over()
    {
        Run("$null = Push-ConsulMqItem jobs one; $null = Push-ConsulMqItem jobs two; $null = Push-ConsulMqItem jobs three");
        var entries = System.Text.Json.JsonSerializer.Deserialize<string[]>(await Http.GetStringAsync(_keys + "jobs/p/?keys"))!;
        var damaged = entries.Order(StringComparer.Ordinal).ElementAt(1);
        await Http.PutAsync(_keys.Split("/v1/kv/")[0] + "/v1/kv/" + damaged, new StringContent("edited by hand"));

        foreach (var command in new[] { "Get-ConsulMqItem jobs -All", "Pop-ConsulMqItem jobs -All" })
        {
            var result = Session.Run(command + " | ForEach-Object Body");

            Assert.Equal(["one", "three"], result.Values);
            var error = Assert.Single(result.Errors);
            Assert.StartsWith("CorruptEntry,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(damaged, error.TargetObject);
        }

        Assert.Equal("edited by hand", await Http.GetStringAsync(_keys.Split("/v1/kv/")[0] + "/v1/kv/" + damaged + "?raw"));
    }

    [Fact]
    public async Task A_queue_of_a_later_version_is_left_alone()
    {
        Run("$null = Push-ConsulMqItem jobs one");
        await Http.PutAsync(_keys + "jobs/_system/info", new StringContent("{\"layout\":99}"));
        Run("$null = Connect-ConsulMq (Get-ConsulMqConnection).Address -Prefix (Get-ConsulMqConnection).Prefix");

        foreach (var command in new[] { "Pop-ConsulMqItem jobs", "'x' | Push-ConsulMqItem jobs", "Get-ConsulMqItem jobs", "Get-ConsulMqIndex jobs", "Clear-ConsulMq jobs -Confirm:$false", "Remove-ConsulMqQueue jobs -Confirm:$false" })
            Assert.StartsWith("UnsupportedLayout,", Fail(command).FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
