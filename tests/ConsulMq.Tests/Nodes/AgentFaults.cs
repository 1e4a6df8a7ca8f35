using System.Collections.Concurrent;
using ConsulMq.Consul;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Nodes;

/// <summary>An agent that a test can take away, or let refuse what concerns services. Notes what is asked of it.</summary>
internal sealed class AgentFaults(IConsul inner) : DelegatingConsul(inner)
{
    private int _looks;

    /// <summary>What every request that concerns services fails with; null: none does.</summary>
    public ConsulFault? Fault { get; set; }

    /// <summary>Whether requests that concern services never get an answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether transactions fail, which are needed to look into a queue.</summary>
    public bool HasNoLeader { get; set; }

    /// <summary>What was registered.</summary>
    public ConcurrentQueue<ServiceRegistration> Registrations { get; } = new();

    /// <summary>What was reported.</summary>
    public ConcurrentQueue<(string Check, CheckStatus Status, string? Output)> Reports { get; } = new();

    /// <summary>How many requests there were for keys.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public override Task RegisterServiceAsync(ServiceRegistration registration, CancellationToken cancellation)
    {
        Registrations.Enqueue(registration);
        return Send(() => base.RegisterServiceAsync(registration, cancellation), cancellation);
    }

    public override Task DeregisterServiceAsync(string serviceId, CancellationToken cancellation) => Send(() => base.DeregisterServiceAsync(serviceId, cancellation), cancellation);

    public override Task UpdateCheckAsync(string checkId, CheckStatus status, string? output, CancellationToken cancellation)
    {
        Reports.Enqueue((checkId, status, output));
        return Send(() => base.UpdateCheckAsync(checkId, status, output, cancellation), cancellation);
    }

    public override Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _looks);
        return HasNoLeader
            ? Task.FromException<TransactionResult>(new ConsulException(ConsulFault.NoLeader, Address, false, "No cluster leader."))
            : base.TransactAsync(operations, consistency, cancellation);
    }

    public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _looks);
        return base.KeysAsync(prefix, separator, options, cancellation);
    }

    public override Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _looks);
        return base.ListAsync(prefix, options, cancellation);
    }

    private Task Send(Func<Task> request, CancellationToken cancellation)
    {
        if (IsSilent)
            return Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        return Fault is { } fault ? Task.FromException(new ConsulException(fault, Address, false, "The agent says no.")) : request();
    }
}
