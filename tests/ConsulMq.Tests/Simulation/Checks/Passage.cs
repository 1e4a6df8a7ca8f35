using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>One key's hold on a message.</summary>
/// <param name="Queue">The queue whose key it is.</param>
/// <param name="Key">The entry or the lease.</param>
/// <param name="Offset">Its offset in it.</param>
/// <param name="Rank">Its place in the queue's order; in flight: the one it comes back to.</param>
/// <param name="Message">The message as it is stored there.</param>
/// <param name="By">Who put it there.</param>
internal sealed record Stay(string Queue, EntryKey Key, int Offset, Rank? Rank, Message Message, Client By)
{
    public bool IsInFlight => Key.Place == EntryPlace.InFlight;

    public bool IsReady => Key.Place is EntryPlace.Log or EntryPlace.Front;

    /// <summary>In flight: what its receipt handle names.</summary>
    public LeaseSlot Slot => new(Key.Key, Offset);

    public override string ToString() => $"{Key.Place} of {Queue}";
}

/// <summary>A message's place in a lease.</summary>
internal readonly record struct LeaseSlot(string Lease, int Offset);

/// <summary>Why a message went from one place to another, or was gone.</summary>
internal enum Why
{
    /// <summary>For no reason that there is; the run has failed.</summary>
    None,
    Pushed,
    Popped,
    Expired,
    Cleared,

    /// <summary>Removed before it was due, as somebody had asked.</summary>
    Discarded,
    PutBack,
    Leased,
    Completed,
    Returned,

    /// <summary>Its session had ended, and it came back or, for the last time, became a dead letter.</summary>
    Reaped,

    /// <summary>Denied, or returned for the last time: a dead letter.</summary>
    Denied,

    /// <summary>It had expired, and the queue makes dead letters of such.</summary>
    ExpiredToDead,
    Moved,

    /// <summary>It was scheduled, and came into the queue.</summary>
    Due,
}

/// <summary>What one transaction did to a message.</summary>
/// <param name="Step">When.</param>
/// <param name="By">Whose transaction it was.</param>
/// <param name="From">Where it was; null: nowhere.</param>
/// <param name="To">Where it is since; null: nowhere.</param>
/// <param name="Why">Why.</param>
internal sealed record Passage(int Step, Client By, Stay? From, Stay? To, Why Why)
{
    /// <summary>Whether somebody was told that he did this. Nobody else may be.</summary>
    public bool IsClaimed { get; set; }
}

/// <summary>All that became of a message, in whatever queue. Its text is its identity.</summary>
internal sealed class Journey(string text)
{
    public string Text { get; } = text;

    /// <summary>Where it is: at one place, or at none.</summary>
    public List<Stay> Stays { get; } = [];

    public List<Passage> Passages { get; } = [];

    public Passage? Last => Passages.Count == 0 ? null : Passages[^1];

    public override string ToString() => LedgerMessage.Short(Text);
}
