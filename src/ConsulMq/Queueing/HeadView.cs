using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// A consumer's view of the beginning of a queue at one ModifyIndex of the head. It stays good while claims are made from it: what others take shows
/// when a claim is refused, and whatever changes the order touches the head.
/// </summary>
internal sealed class HeadView(IndexState index, LogPage page, FrontSet? front, IReadOnlyList<KvPair> sessions, int edition)
{
    /// <summary>What the head said.</summary>
    public HeadState Head { get; private set; } = index.Head;

    /// <summary>The ModifyIndex of the head that all this was read under, or that a claim from this view has written since.</summary>
    public ulong HeadIndex { get; private set; } = index.HeadIndex;

    /// <summary>The page; behind the head's only while entries that nobody can read hold the head back.</summary>
    public LogPage Page { get; } = page;

    /// <summary>Whether no push could reach the page any more when it was read.</summary>
    public bool IsSealed { get; } = page.Number < index.Tail.Page;

    /// <summary>The front set; null: the head said that there is none.</summary>
    public FrontSet? Front { get; } = front;

    /// <summary>The signal of those who schedule, as it was read; null: nobody ever did.</summary>
    public DueSignal? Due { get; } = index.Due;

    /// <summary>The keys of the sessions that hold leases, as they were read.</summary>
    public IReadOnlyList<KvPair> Sessions { get; } = sessions;

    /// <summary>Whether one of them has ended, so that what it held comes back.</summary>
    public bool HasEndedSessions { get; } = AnyEnded(sessions);

    /// <summary>What <see cref="Maintenance.Edition"/> was before this was read.</summary>
    public int Edition { get; } = edition;

    /// <summary>The entries before this one have nothing left.</summary>
    public int FirstOpen { get; private set; }

    /// <summary>The head as a claim or an advance has just written it.</summary>
    public void Wrote(HeadState head, ulong headIndex)
    {
        Head = head;
        HeadIndex = headIndex;
    }

    /// <summary>Whether one of these sessions has ended: its key has lost its lock.</summary>
    public static bool AnyEnded(IReadOnlyList<KvPair> sessions)
    {
        for (var i = 0; i < sessions.Count; i++)
        {
            if (sessions[i].Session is null)
                return true;
        }

        return false;
    }

    /// <summary>Passes over entries that have nothing left.</summary>
    public void SkipClosed()
    {
        while (FirstOpen < Page.Entries.Count && !Page.Entries[FirstOpen].IsOpen)
            FirstOpen++;
    }

    /// <summary>Whether nothing is left on the page, damage included: the head may pass it, if it is sealed.</summary>
    public bool PageIsUsedUp(Func<StoredEntry, bool> isGone)
    {
        if (Page.HasStrangers)
            return false;
        for (var i = FirstOpen; i < Page.Entries.Count; i++)
        {
            if (!isGone(Page.Entries[i]))
                return false;
        }

        // Entries before the first open one are gone, or damaged.
        for (var i = 0; i < FirstOpen; i++)
        {
            if (!Page.Entries[i].IsGone)
                return false;
        }

        return true;
    }
}
