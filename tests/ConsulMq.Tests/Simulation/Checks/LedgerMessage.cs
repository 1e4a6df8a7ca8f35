using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>One time that a message left the queue.</summary>
internal sealed record Removal(Client By, bool IsClear, bool HadExpired)
{
    /// <summary>Whether a caller of that client was given the message for it.</summary>
    public bool WasHandedOut { get; set; }

    /// <summary>Where it went; null: it is not known.</summary>
    public Passage? Passage { get; init; }

    public bool IsLease => Passage?.To is { IsInFlight: true };

    /// <summary>Whether it went to another queue, where it has another ledger.</summary>
    public bool IsMove => Passage?.To is { IsInFlight: false };

    /// <summary>Whether it came back afterwards, so that nobody may be given it for this time any more.</summary>
    public bool WasUndone { get; set; }
}

/// <summary>A message as the server knows it. Its text is its identity: no two pushes use the same.</summary>
internal sealed class LedgerMessage(string text, DateTimeOffset? expiresAt)
{
    private Rank? _rank;

    public string Text { get; } = text;

    /// <summary>Its place, by the commit that brought it into the queue; it keeps it until it goes to another queue.</summary>
    public Rank Rank
    {
        get => _rank ?? throw new InvalidOperationException($"{this} was never in the queue.");
        set => _rank = value;
    }

    public bool HasRank => _rank is not null;

    /// <summary>Whether it was taken from what is scheduled by the transaction that is looked at.</summary>
    public bool IsMoving { get; set; }

    /// <summary>Whether it lies there for later, and is not in the queue yet.</summary>
    public bool IsScheduled { get; set; }

    /// <summary>From when on it may come into the queue.</summary>
    public DateTimeOffset Due { get; set; }

    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    /// <summary>The same message as it was in this queue before it went to another one and came back; null: it has not.</summary>
    public LedgerMessage? Earlier { get; init; }

    public bool IsPresent { get; set; }

    /// <summary>The step of the last time that it came or went.</summary>
    public int ChangedAt { get; set; }

    /// <summary>The step and the client of the last time that it came.</summary>
    public int StoredAt { get; set; }

    public Client? StoredBy { get; set; }

    public List<Removal> Removals { get; } = [];

    public static string Short(string text) => text.Length > 12 ? text.Substring(0, 12) + "…" : text;

    public override string ToString() => Short(Text);
}
