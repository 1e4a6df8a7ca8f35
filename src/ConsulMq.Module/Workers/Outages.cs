namespace ConsulMq.Workers;

/// <summary>Errors that pass: Consul is away for a while, and a worker outlives that.</summary>
internal static class Outages
{
    public static bool IsOne(ConsulMqException error) =>
        error.Error is ConsulMqError.ConsulUnreachable or ConsulMqError.NoLeader or ConsulMqError.Timeout or ConsulMqError.OutcomeUnknown or ConsulMqError.ConsulError;
}
