using Xunit;

namespace ConsulMq.TestSupport;

/// <summary>
/// The Consul of a test run: one for all classes that take this fixture, in a collection or for themselves, so that they can run side by side.
/// Each test keeps to a prefix of its own.
/// </summary>
public sealed class ConsulFixture : IAsyncLifetime
{
    // Not disposed of: it ends with the process, and who would know which class is the last one?
    private static readonly Lazy<Task<IConsulInstance>> Shared = new(() => ConsulSource.StartAsync());

    private IConsulInstance? _consul;

    /// <summary>The address of its HTTP API.</summary>
    public string Address => Consul.Address;

    /// <summary>The shared instance.</summary>
    public IConsulInstance Consul => _consul ?? throw new InvalidOperationException("The fixture has not been initialised.");

    /// <summary>A key prefix that no other test has, without a slash at its end.</summary>
    public static string NewPrefix() => $"t/{Guid.NewGuid().ToString("n")[..12]}";

    /// <inheritdoc />
    public async Task InitializeAsync() => _consul = await Shared.Value;

    /// <inheritdoc />
    public Task DisposeAsync() => Task.CompletedTask;
}
