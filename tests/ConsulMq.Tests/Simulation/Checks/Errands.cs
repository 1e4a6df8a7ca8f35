namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>What a client may be asked for that does not keep to the order of the queue.</summary>
internal enum ErrandKind
{
    /// <summary>To take the messages with these IDs.</summary>
    ByName,

    /// <summary>To take the message at a position, and those behind it.</summary>
    AtPosition,

    /// <summary>To take the last ones.</summary>
    Last,

    /// <summary>To remove what has expired.</summary>
    Expired,
}

/// <summary>One such request.</summary>
/// <param name="By">Who was asked.</param>
/// <param name="Queue">In which queue.</param>
/// <param name="Kind">For what.</param>
/// <param name="Since">The step in which that was.</param>
internal sealed record Errand(Client By, string Queue, ErrandKind Kind, int Since)
{
    public long Position { get; init; }

    public IReadOnlyCollection<string> Texts { get; init; } = [];

    /// <summary>Whether nobody gets what it takes.</summary>
    public bool Removes { get; init; }
}

/// <summary>Knows which messages a client may take though others come before them. None of these requests is a snapshot: what moved meanwhile counts either way.</summary>
internal sealed class Errands(World world)
{
    private readonly List<Errand> _errands = [];

    public Errand Begin(Errand errand)
    {
        _errands.Add(errand);
        return errand;
    }

    /// <summary>Whether a client was asked to take this message, from where it stood.</summary>
    public bool Explain(Client client, LedgerMessage message, Ledger ledger) =>
        _errands.Exists(e => e.By == client && world.LedgerOf(e.Queue) == ledger && IsWhat(e, message, ledger));

    /// <summary>Whether a client was asked to remove a message, so that nobody need be given it.</summary>
    public bool MayRemove(Client client, LedgerMessage message) =>
        _errands.Exists(e => e.By == client && (e.Removes || e.Kind == ErrandKind.Expired) && (e.Kind != ErrandKind.ByName || e.Texts.Contains(message.Text)));

    /// <summary>Whether a client was asked to remove what is scheduled.</summary>
    public bool MayRemove(Client client, string queue, string text) =>
        _errands.Exists(e => e.By == client && e.Removes && e.Queue == queue && e.Kind == ErrandKind.ByName && e.Texts.Contains(text));

    public bool MayClearExpired(Client client, string queue) => _errands.Exists(e => e.By == client && e.Kind == ErrandKind.Expired && e.Queue == queue);

    /// <summary>Whether a position may have been beyond the end at some moment of an errand: not all the while so many lasting messages were there.</summary>
    public bool MayHaveEnded(Errand errand) =>
        world.LedgerOf(errand.Queue).Present.Count(m => m.ExpiresAt is null && m.ChangedAt < errand.Since) <= errand.Position;

    private static bool IsWhat(Errand errand, LedgerMessage message, Ledger ledger) => errand.Kind switch
    {
        ErrandKind.ByName => errand.Texts.Contains(message.Text),
        ErrandKind.Expired => message.Removals[^1].HadExpired,
        ErrandKind.Last => !ledger.Present.Any(m => m.ExpiresAt is null && m.ChangedAt < errand.Since && m.Rank.CompareTo(message.Rank) > 0),
        _ => ledger.Present.Count(m => m.ExpiresAt is null && m.ChangedAt < errand.Since && m.Rank.CompareTo(message.Rank) < 0) <= errand.Position
            && ledger.Ranked.Count(m => (m.IsPresent || m.ChangedAt >= errand.Since) && m != message && m.Rank.CompareTo(message.Rank) < 0) >= errand.Position,
    };
}
