namespace ConsulMq.Consul;

/// <summary>Limits of Consul's HTTP API that a client has to keep by itself.</summary>
public static class ConsulLimits
{
    /// <summary>Operations in one transaction: 64 up to Consul 1.13, 128 from 1.14; the smaller one works everywhere.</summary>
    public const int OperationsPerTransaction = 64;

    /// <summary>
    /// Bytes of one transaction's JSON body. Consul's limit is 512 KiB, and it answers a larger body with a broken connection (which looks like an
    /// unknown outcome) as often as with 413, so a client has to stay below.
    /// </summary>
    public const int TransactionBytes = 512 * 1024;

    /// <summary>Bytes of one value.</summary>
    public const int ValueBytes = 512 * 1024;
}
