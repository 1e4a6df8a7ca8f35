using ConsulMq.Bodies;
using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.InMemory;

namespace ConsulMq.Session;

/// <summary>Makes connections as this module wants them: bodies come out as PowerShell objects.</summary>
internal static class ConnectionFactory
{
    /// <summary>Every request gets so much time, however little patience the user has: a busy Consul is no dead one.</summary>
    private static readonly TimeSpan ShortestRequest = TimeSpan.FromSeconds(2);

    public static ConnectionSettings Settings { get; } = new() { BodyReader = BodyReader.Read };

    /// <summary>What Consul's own variables say.</summary>
    /// <param name="token">Whether to look at those of the token.</param>
    /// <exception cref="ConnectionSettingsException">A variable makes no sense.</exception>
    public static ConsulOptions Environment(bool token = true) => Check(() => ConsulOptions.FromEnvironment(name =>
        token || !name.StartsWith("CONSUL_HTTP_TOKEN", StringComparison.Ordinal) ? System.Environment.GetEnvironmentVariable(name) : null));

    /// <exception cref="ConnectionSettingsException">The file holds no token.</exception>
    public static ConsulOptions WithTokenFile(ConsulOptions options, string file, string origin) => Check(() => options.WithTokenFile(file, origin));

    /// <exception cref="ConnectionSettingsException">Something given makes no sense.</exception>
    public static ConsulMqConnection Http(ConsulOptions options, ConnectionSettings settings) => Connect(() => new HttpConsul(Within(options, settings.Timeout)), settings);

    /// <inheritdoc cref="Http" />
    public static ConsulMqConnection InMemory(ConnectionSettings settings) => Connect(static () => new LoggingConsul(new InMemoryConsul()), settings);

    private static ConsulMqConnection Connect(Func<IConsul> make, ConnectionSettings settings) => Check(() =>
    {
        var consul = make();
        try
        {
            return new ConsulMqConnection(consul, settings);
        }
        catch
        {
            consul.Dispose();
            throw;
        }
    });

    /// <summary>No single request takes longer than the user wants to wait. A server without a leader keeps one for seven seconds before it says so.</summary>
    private static ConsulOptions Within(ConsulOptions options, TimeSpan patience) =>
        patience < options.RequestTimeout ? options with { RequestTimeout = patience > ShortestRequest ? patience : ShortestRequest } : options;

    private static T Check<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            throw new ConnectionSettingsException(e);
        }
    }
}
