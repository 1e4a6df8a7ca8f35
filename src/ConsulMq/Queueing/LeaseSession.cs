namespace ConsulMq.Queueing;

/// <summary>A session of Consul under which messages are leased.</summary>
/// <param name="id">Its ID.</param>
/// <param name="duration">For how long; null: it is renewed while the connection lives.</param>
/// <param name="expiresAt">Until when it lasts at least, by this machine's clock; null: it is renewed.</param>
internal sealed class LeaseSession(string id, TimeSpan? duration, DateTimeOffset? expiresAt)
{
    private int _held;

    public string Id { get; } = id;

    public TimeSpan? Duration { get; } = duration;

    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    /// <summary>Whether it is known to have ended.</summary>
    public bool IsLost { get; set; }

    /// <summary>When a lease was taken under it last, on the clock that never goes back.</summary>
    public TimeSpan UsedAt { get; set; }

    /// <summary>How many leases of this process it holds.</summary>
    public int Held => Volatile.Read(ref _held);

    public void Hold() => Interlocked.Increment(ref _held);

    public void Release() => Interlocked.Decrement(ref _held);
}
