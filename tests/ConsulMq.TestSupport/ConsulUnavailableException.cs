namespace ConsulMq.TestSupport;

/// <summary>There is no Consul to test with. The message says what to do.</summary>
public sealed class ConsulUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
