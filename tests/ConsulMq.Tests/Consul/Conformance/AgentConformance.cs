using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

public abstract class AgentConformance(IConsul consul) : ConformanceTests(consul)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _service = $"service-{Guid.NewGuid():N}";

    [Fact]
    public async Task An_agent_says_who_it_is()
    {
        var self = await Consul.SelfAsync(None);
        Assert.NotEmpty(self.Node);
        Assert.NotEmpty(self.Version);
        Assert.Equal("dc1", self.Datacenter);
        Assert.True(self.IsServer);
    }

    [Fact]
    public async Task A_service_is_found_by_its_name_with_what_it_says_of_itself()
    {
        Assert.Empty((await Consul.ListServiceAsync(_service, default, None)).Instances);
        await Consul.RegisterServiceAsync(
            new ServiceRegistration { Id = _service + "-1", Name = _service, Tags = ["a", "b"], Meta = new Dictionary<string, string> { ["pid"] = "1" } }, None);
        var instance = Assert.Single((await Until(list => list.Instances.Count == 1)).Instances);
        Assert.Equal((_service + "-1", _service, CheckStatus.Passing), (instance.Id, instance.Name, instance.Status));
        Assert.Equal(["a", "b"], instance.Tags);
        Assert.Equal("1", instance.Meta["pid"]);
        Assert.Equal((await Consul.SelfAsync(None)).Node, instance.Node);

        await Consul.DeregisterServiceAsync(_service + "-1", None);
        await Until(list => list.Instances.Count == 0);
        await Consul.DeregisterServiceAsync(_service + "-1", None);
    }

    [Fact]
    public async Task A_check_says_how_a_service_is()
    {
        await Register();
        await Consul.UpdateCheckAsync(_service + "-check", CheckStatus.Passing, "fine", None);
        await Until(list => list.Instances.Single().Status == CheckStatus.Passing);
        await Consul.UpdateCheckAsync(_service + "-check", CheckStatus.Warning, "hm", None);
        Assert.Equal("hm", (await Until(list => list.Instances.Single().Status == CheckStatus.Warning)).Instances.Single().Output);
        await Consul.UpdateCheckAsync(_service + "-check", CheckStatus.Critical, "ouch", None);
        Assert.Equal("ouch", (await Until(list => list.Instances.Single().Status == CheckStatus.Critical)).Instances.Single().Output);
        await Consul.DeregisterServiceAsync(_service, None);
    }

    [Fact]
    public async Task A_service_that_is_registered_again_is_there_once()
    {
        await Register();
        await Register();
        Assert.Single((await Until(list => list.Instances.Count > 0)).Instances);
        await Consul.DeregisterServiceAsync(_service, None);
    }

    [Fact]
    public async Task A_check_begins_as_it_is_registered_and_keeps_its_state_when_it_is_registered_again()
    {
        var registration = new ServiceRegistration
        {
            Id = _service,
            Name = _service,
            Checks = [new TtlCheck { Id = _service + "-check", Name = "a name 'ü'", Notes = "notes", Ttl = TimeSpan.FromMinutes(1), Status = CheckStatus.Passing }],
        };
        await Consul.RegisterServiceAsync(registration, None);
        Assert.Equal(CheckStatus.Passing, (await Until(list => list.Instances.Count == 1)).Instances.Single().Status);
        await Consul.UpdateCheckAsync(_service + "-check", CheckStatus.Warning, "hm", None);
        await Until(list => list.Instances.Single().Status == CheckStatus.Warning);

        await Consul.RegisterServiceAsync(registration with { Meta = new Dictionary<string, string> { ["a"] = "b" } }, None);

        var instance = (await Until(list => list.Instances.Single().Meta.Count == 1)).Instances.Single();
        Assert.Equal((CheckStatus.Warning, "hm"), (instance.Status, instance.Output));
        await Consul.DeregisterServiceAsync(_service, None);
    }

    [Fact]
    public async Task A_service_is_as_bad_as_the_worst_of_its_checks()
    {
        await Consul.RegisterServiceAsync(
            new ServiceRegistration
            {
                Id = _service,
                Name = _service,
                Checks = [.. new[] { "a", "b" }.Select(name => new TtlCheck { Id = $"{_service}-{name}", Ttl = TimeSpan.FromMinutes(1), Status = CheckStatus.Passing })],
            },
            None);
        await Until(list => list.Instances.Count == 1 && list.Instances[0].Status == CheckStatus.Passing);
        await Consul.UpdateCheckAsync(_service + "-b", CheckStatus.Warning, "so so", None);
        Assert.Equal("so so", (await Until(list => list.Instances.Single().Status == CheckStatus.Warning)).Instances.Single().Output);
        await Consul.UpdateCheckAsync(_service + "-a", CheckStatus.Critical, "bad", None);
        Assert.Equal("bad", (await Until(list => list.Instances.Single().Status == CheckStatus.Critical)).Instances.Single().Output);
        await Consul.DeregisterServiceAsync(_service, None);
    }

    [Fact]
    public async Task A_report_for_a_check_that_does_not_exist_is_an_error() =>
        await Assert.ThrowsAsync<ConsulException>(() => Consul.UpdateCheckAsync(_service + "-none", CheckStatus.Passing, null, None));

    private Task Register() => Consul.RegisterServiceAsync(
        new ServiceRegistration { Id = _service, Name = _service, Checks = [new TtlCheck { Id = _service + "-check", Ttl = TimeSpan.FromMinutes(1), DeregisterCriticalAfter = TimeSpan.FromMinutes(2) }] },
        None);

    /// <summary>Blocks on the service until it is as it should be, as a user of it would.</summary>
    private async Task<ServiceListing> Until(Func<ServiceListing, bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        var listing = await Consul.ListServiceAsync(_service, default, limit.Token);
        while (!condition(listing))
            listing = await Consul.ListServiceAsync(_service, new ReadOptions(WaitIndex: listing.Index, WaitTime: TimeSpan.FromSeconds(5)), limit.Token);
        return listing;
    }
}
