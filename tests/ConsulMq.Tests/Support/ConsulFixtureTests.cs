using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Support;

public sealed class ConsulFixtureTests(ConsulFixture fixture) : IClassFixture<ConsulFixture>
{
    [Fact]
    public async Task It_holds_a_consul_that_takes_writes()
    {
        using var http = new HttpClient();
        string key = $"{fixture.Address}/v1/kv/{ConsulFixture.NewPrefix()}/key";

        using HttpResponseMessage response = await http.PutAsync(key, new StringContent("value"));

        response.EnsureSuccessStatusCode();
        Assert.Equal("value", await http.GetStringAsync(key + "?raw"));
    }

    [Fact]
    public async Task It_is_the_same_consul_for_every_class()
    {
        var other = new ConsulFixture();

        await other.InitializeAsync();

        Assert.Same(fixture.Consul, other.Consul);
    }

    [Fact]
    public void No_two_prefixes_are_alike() => Assert.NotEqual(ConsulFixture.NewPrefix(), ConsulFixture.NewPrefix());
}
