using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Messages to export that are all in one state.</summary>
/// <param name="Spots">The messages, in order; none that has expired.</param>
/// <param name="State">Where they are.</param>
/// <param name="Damage">What could not be read.</param>
internal sealed record ExportedPage(IReadOnlyList<Spot> Spots, MessageStates State, IReadOnlyList<ConsulMqException> Damage);

/// <summary>
/// Walks over a queue that others work on, and meets each message that stays in it once, wherever it goes meanwhile: page by page what is ready, and before
/// each page, and behind the last one, what has come to the front set, to the scheduled ones and in flight since. Memory is bounded by some pages, the IDs
/// of what is in flight and scheduled, and the names of what is there and in the front set.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="states">Which messages.</param>
internal sealed class ExportWalk(QueueContext context, MessageStates states)
{
    /// <summary>So often it looks at the end, while others keep putting messages back.</summary>
    private const int MostRounds = 4;

    private readonly OrderWalk _ready = new(context);
    private readonly HeldWatch _scheduled = new(context, EntryPlace.Scheduled);
    private readonly HeldWatch _inFlight = new(context, EntryPlace.InFlight);
    private readonly HashSet<Guid> _held = [];
    private readonly PassedPages _passed = new();
    private Step _step;
    private IndexState? _index;
    private ulong? _dueIndex;
    private int _rounds;

    /// <summary>What is done next. In flight comes behind the two places to which what is in flight goes back.</summary>
    private enum Step
    {
        Begin,
        Front,
        Scheduled,
        InFlight,
        Page,
        End,
    }

    private bool IsReadyOver => !states.HasFlag(MessageStates.Ready) || _ready.HasEnded;

    /// <summary>The next messages. Null: the end, or there is no such queue.</summary>
    public async Task<ExportedPage?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_step == Step.Begin)
                await BeginAsync(cancellation).ConfigureAwait(false);
            if (_index is null)
                return null;
            if (_step == Step.Front && await FrontAsync(_index, cancellation).ConfigureAwait(false) is { } late)
                return late;
            if (_step == Step.Scheduled && await ScheduledAsync(_index, cancellation).ConfigureAwait(false) is { } scheduled)
                return scheduled;
            if (_step == Step.InFlight && await InFlightAsync(cancellation).ConfigureAwait(false) is { } inFlight)
                return inFlight;
            if (_step == Step.Page && await PageAsync(cancellation).ConfigureAwait(false) is { } page)
                return page;
            if (_step == Step.End && await IsOverAsync(_index, cancellation).ConfigureAwait(false))
                return null;
        }
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        if (states.HasFlag(MessageStates.Ready))
        {
            await _ready.BeginAsync(cancellation).ConfigureAwait(false);
            _index = _ready.Index;
        }
        else
        {
            _index = await context.Index.ReadAsync(cancellation).ConfigureAwait(false);
        }

        _step = Step.Scheduled;
    }

    /// <summary>What has come to the front set. Before the last page it is met there, in its place.</summary>
    private async Task<ExportedPage?> FrontAsync(IndexState index, CancellationToken cancellation)
    {
        if (states.HasFlag(MessageStates.Ready))
        {
            await _ready.RenewFrontAsync(index, cancellation).ConfigureAwait(false);
            if (_ready.HasEnded && await _ready.NextAsync(cancellation).ConfigureAwait(false) is { } late)
                return Ready(late);
        }

        _step = Step.Scheduled;
        return null;
    }

    private async Task<ExportedPage?> ScheduledAsync(IndexState index, CancellationToken cancellation)
    {
        if (states.HasFlag(MessageStates.Scheduled) && index.Due?.Index != _dueIndex)
        {
            if (await _scheduled.NextAsync(cancellation).ConfigureAwait(false) is { } page)
                return Held(page, MessageStates.Scheduled);
            _dueIndex = index.Due?.Index;
        }

        _step = Step.InFlight;
        return null;
    }

    private async Task<ExportedPage?> InFlightAsync(CancellationToken cancellation)
    {
        if (states.HasFlag(MessageStates.InFlight) && await _inFlight.NextAsync(cancellation).ConfigureAwait(false) is { } page)
            return Held(page, MessageStates.InFlight);
        _step = IsReadyOver ? Step.End : Step.Page;
        return null;
    }

    private async Task<ExportedPage?> PageAsync(CancellationToken cancellation)
    {
        var page = await _ready.NextAsync(cancellation).ConfigureAwait(false);
        _index = _ready.Index;
        _step = Step.Front;
        return page is null ? null : Ready(page);
    }

    /// <summary>Whether nobody has put anything into the front set or scheduled it since that was listed: so nothing went there past the last listing.</summary>
    private async Task<bool> IsOverAsync(IndexState index, CancellationToken cancellation)
    {
        _index = ++_rounds < MostRounds ? await context.Index.ReadAsync(cancellation).ConfigureAwait(false) : null;
        _step = Step.Front;
        if (_index?.HeadIndex == index.HeadIndex && _index.Due?.Index == index.Due?.Index)
            _index = null;
        return _index is null;
    }

    private ExportedPage Held(WalkedPage page, MessageStates state)
    {
        var now = context.Now;
        return new([.. page.Spots.Where(spot => !_passed.Have(spot.Message) && !spot.Message.IsExpired(now) && _held.Add(spot.Message.Id))], state, page.Damage);
    }

    private ExportedPage Ready(WalkedPage page)
    {
        var now = context.Now;
        var ids = new HashSet<Guid>();
        // What has come to the front set may have been met, or may be on this page twice: under its old name and its new one.
        Spot[] spots = [.. page.Spots.Where(spot => !spot.Message.IsExpired(now) && !_held.Contains(spot.Message.Id)
            && (spot.Entry.Key.Place == EntryPlace.Log || !_passed.Have(spot.Message)) && (ids.Add(spot.Message.Id) || spot.Entry.Key.Place == EntryPlace.Log))];
        _passed.Add(page.Spots.Count > 0 ? page.Spots[page.Spots.Count - 1].Rank : null, ids);
        return new(spots, MessageStates.Ready, page.Damage);
    }
}
