namespace ConsulMq.TestSupport;

/// <summary>A Consul that tests may write to.</summary>
public interface IConsulInstance : IAsyncDisposable
{
    /// <summary>The address of its HTTP API, for example <c>http://127.0.0.1:8500</c>.</summary>
    string Address { get; }

    /// <summary>Where it comes from, for people.</summary>
    string Origin { get; }
}
