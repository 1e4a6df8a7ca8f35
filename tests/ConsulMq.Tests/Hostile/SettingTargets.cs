using System.Text;
using ConsulMq.Consul;
using ConsulMq.Consul.Http;

namespace ConsulMq.Tests.Hostile;

/// <summary>What a user, or the environment, says about where Consul is.</summary>
internal static class SettingTargets
{
    private static readonly string[] Variables =
    [
        "CONSUL_HTTP_ADDR", "CONSUL_HTTP_SSL", "CONSUL_HTTP_TOKEN", "CONSUL_NAMESPACE", "CONSUL_PARTITION", "CONSUL_TLS_SERVER_NAME", "CONSUL_HTTP_SSL_VERIFY",
    ];

    public static IReadOnlyList<Target> All { get; } =
    [
        new("address", ["127.0.0.1:8500", "https://consul.example.org/consul/", "unix:///run/consul.sock", "[::1]:8500", ":8500"], Address, static e => e is ArgumentException),
        new("environment", ["true", "0", "127.0.0.1:8500", "a-token"], Environments, static e => false) { Base = 4 * 1024 * 1024, Factor = 1000 },
        new("duration", ["1h30m", "10s", "1.5s", "250ms", ""], Duration, static e => e is System.Text.Json.JsonException),
    ];

    private static void Address(byte[] input)
    {
        using var consul = new HttpConsul(new ConsulOptions { Address = Encoding.UTF8.GetString(input) });
        Assert.NotEmpty(consul.Address);
    }

    private static void Environments(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        foreach (var variable in Variables)
        {
            try
            {
                using var consul = new HttpConsul(ConsulOptions.FromEnvironment(name => name == variable ? text : null));
            }
            catch (ArgumentException)
            {
                // The others are still to be tried.
            }
        }
    }

    private static void Duration(byte[] input)
    {
        var time = GoDuration.Parse(Encoding.UTF8.GetString(input));
        // Of thousands of years a double does not know every tick.
        Assert.InRange(GoDuration.Parse(GoDuration.Format(time)) - time, TimeSpan.FromMilliseconds(-1), TimeSpan.FromMilliseconds(2));
    }
}
