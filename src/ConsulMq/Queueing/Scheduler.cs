using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>What became of a look at the due times.</summary>
/// <param name="Any">Whether something has come into the queue, by this client or another.</param>
/// <param name="Next">When to look again though nobody schedules, in milliseconds since 1970; null: never.</param>
internal readonly record struct DueLook(bool Any, long? Next);

/// <summary>
/// Finds the messages that are due and has them moved into the queue, the earliest first. "Due" is by this client's clock. Due times are looked up by the
/// names of keys, and once all of them are known, only in the spans of time that matter now: so neither what is scheduled for tomorrow nor the tombstones of
/// what has been moved are read again and again.
/// </summary>
internal sealed class Scheduler(QueueContext context)
{
    /// <summary>What lies further back was there when everything was listed, unless the clock of its producer is that much behind.</summary>
    private static readonly TimeSpan Past = TimeSpan.FromMinutes(10);

    /// <summary>Everything is listed again after this time at the earliest.</summary>
    private static readonly TimeSpan AllRhythm = TimeSpan.FromHours(1);

    /// <summary>However many schedule, those who wait list at most this often, unless something may be due before.</summary>
    private static readonly TimeSpan WaitingRhythm = TimeSpan.FromSeconds(1);

    /// <summary>So many spans are listed at once.</summary>
    private const int SpansAtOnce = 4;

    private readonly DueMover _mover = new(context);
    private volatile DueTimes? _known;
    private int _edition;

    /// <summary>Changes with all that this client learns of due times.</summary>
    public int Edition => Volatile.Read(ref _edition);

    /// <summary>Moves what is due into the queue.</summary>
    /// <param name="signal">The signal as it was just read; null: nobody ever scheduled anything.</param>
    /// <param name="isWaiting">Whether the caller waits, and comes again at the time that this gives.</param>
    /// <param name="transactions">At most so many writes.</param>
    /// <param name="cancellation">Stops it; a write that was sent goes on.</param>
    public async Task<DueLook> MoveDueAsync(DueSignal? signal, bool isWaiting, int transactions, CancellationToken cancellation)
    {
        if (signal is null)
        {
            _known = null;
            return default;
        }

        var known = _known ?? DueTimes.Nothing;
        var any = false;
        while (transactions > 0)
        {
            if (!MustList(known, signal, isWaiting, out var postponed))
            {
                var due = DueNow(known);
                if (due.Count == 0)
                    return new DueLook(any, postponed < known.Next ? postponed : known.Next ?? postponed);
                var outcome = await _mover.MoveAsync(due, cancellation).ConfigureAwait(false);
                any |= outcome != DueOutcome.Nothing;
                transactions -= outcome == DueOutcome.Nothing ? 0 : 1;
                // Others were here: how far they came shows in a fresh listing.
                if (outcome == DueOutcome.AllGone)
                    known = await ListAsync(known, signal, due[0].Due, cancellation).ConfigureAwait(false);
                else if (outcome != DueOutcome.Refused)
                    known = known.Without(due.Count);
            }
            else
            {
                known = await ListAsync(known, signal, known.NextListing ?? long.MaxValue, cancellation).ConfigureAwait(false);
            }

            _known = known;
            Interlocked.Increment(ref _edition);
        }

        return new DueLook(any, known.Next);
    }

    private long Now => context.Now.ToUnixTimeMilliseconds();

    private bool MustList(DueTimes known, DueSignal signal, bool isWaiting, out long? postponed)
    {
        postponed = null;
        if (known.Signal == signal.Index)
            return known.Entries.Count == 0 && known.NextListing <= Now;
        var left = WaitingRhythm - (context.Settings.Clock.Elapsed - known.ListedAt);
        if (!isWaiting || known.ListedAllAt is null || left <= TimeSpan.Zero || signal.Due <= Now)
            return true;
        postponed = Math.Min(signal.Due, Now + (long)left.TotalMilliseconds + 1);
        return false;
    }

    private List<DueEntry> DueNow(DueTimes known)
    {
        var now = Now;
        var due = new List<DueEntry>();
        long bytes = 0;
        foreach (var entry in known.Entries)
        {
            bytes += entry.Key.Bytes;
            if (entry.Due > now || due.Count == DueMover.MostEntries || (due.Count > 0 && bytes > Layout.BatchBytes))
                break;
            due.Add(entry);
        }

        return due;
    }

    /// <summary>Lists everything if that was not done for long, or else some spans.</summary>
    /// <param name="known">What is known.</param>
    /// <param name="signal">The signal as it was read before.</param>
    /// <param name="from">From when on nothing is known, in milliseconds since 1970, if that is in the past.</param>
    /// <param name="cancellation">Stops it.</param>
    private async Task<DueTimes> ListAsync(DueTimes known, DueSignal signal, long from, CancellationToken cancellation)
    {
        var now = Now;
        var elapsed = context.Settings.Clock.Elapsed;
        var last = (now >> QueueKeys.DueSpanBits) + 2;
        var found = new List<DueEntry>();
        if (known.ListedAllAt is not { } allAt || elapsed - allAt >= AllRhythm)
        {
            await ListAsync(context.Keys.Scheduled, found, cancellation).ConfigureAwait(false);
            return DueTimes.FromAll(found, last << QueueKeys.DueSpanBits, signal.Index, elapsed);
        }

        if (known.Signal != signal.Index)
            from = Math.Min(from, Math.Max(now - (long)Past.TotalMilliseconds, 0));
        var first = Math.Min(from, now) >> QueueKeys.DueSpanBits;
        var end = Math.Min(first + SpansAtOnce, last);
        if (signal.Due >> QueueKeys.DueSpanBits is var span && span < first)
            await ListAsync(context.Keys.DueSpan(span), found, cancellation).ConfigureAwait(false);
        for (span = first; span < end; span++)
            await ListAsync(context.Keys.DueSpan(span), found, cancellation).ConfigureAwait(false);
        return known.With(found, first << QueueKeys.DueSpanBits, end << QueueKeys.DueSpanBits, signal, elapsed);
    }

    private async Task ListAsync(string prefix, List<DueEntry> found, CancellationToken cancellation)
    {
        var listing = await context.Consul.KeysAsync(prefix, null, Consul.ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        foreach (var key in listing.Keys)
        {
            if (EntryKey.TryParse(context.Keys, key, out var entry) && EntryKey.TryDue(context.Keys, key, out var due))
                found.Add(new DueEntry(due, entry));
        }
    }
}
