using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul;

/// <summary>A real Consul, at the address in <c>CONSULMQ_TEST_ADDR</c>.</summary>
internal static class RealConsul
{
    public static string Address => Environment.GetEnvironmentVariable("CONSULMQ_TEST_ADDR") is { Length: > 0 } address
        ? address
        : throw new InvalidOperationException("These tests need a Consul: set CONSULMQ_TEST_ADDR to host:port of an agent in -dev mode.");

    public static HttpConsul Connect() => new(new ConsulOptions { Address = Address });

    public static string NewPrefix() => $"test/{Guid.NewGuid():N}/";
}
