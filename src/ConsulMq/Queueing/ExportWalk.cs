using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Messages to export that are all in one state.</summary>
/// <param name="Spots">The messages, in order; none that has expired.</param>
/// <param name="State">Where they are.</param>
/// <param name="Damage">What could not be read.</param>
internal sealed record ExportedPage(IReadOnlyList<Spot> Spots, MessageStates State, IReadOnlyList<ConsulMqException> Damage);

/// <summary>
/// Walks over a queue that others work on, and meets each message that stays in it once, wherever it goes meanwhile: what is scheduled first, for it can
/// only become ready; then page by page what is ready, and before each page, and behind the last one, what has come in flight since. Memory is bounded by
/// two pages and the IDs of what is in flight and scheduled.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="states">Which messages.</param>
internal sealed class ExportWalk(QueueContext context, MessageStates states)
{
    private readonly OrderWalk _ready = new(context);
    private readonly HashSet<Guid> _held = [];
    private HeldWalk? _scheduled = states.HasFlag(MessageStates.Scheduled) ? new HeldWalk(context, EntryPlace.Scheduled) : null;
    private HeldWalk? _inFlight;
    private IReadOnlyCollection<string> _leases = [];
    private bool _hasListed;
    private bool _isReadyOver = !states.HasFlag(MessageStates.Ready);
    private HashSet<Guid> _page = [];
    private Rank? _passed;
    private Rank? _passedBefore;

    /// <summary>The next messages. Null: the end.</summary>
    public async Task<ExportedPage?> NextAsync(CancellationToken cancellation)
    {
        while (_scheduled is not null)
        {
            if (await _scheduled.NextAsync(cancellation).ConfigureAwait(false) is { } page)
                return Held(page, MessageStates.Scheduled);
            _scheduled = null;
        }

        while (true)
        {
            if (states.HasFlag(MessageStates.InFlight) && !_hasListed)
            {
                _inFlight ??= new HeldWalk(context, EntryPlace.InFlight) { Known = _leases };
                if (await _inFlight.NextAsync(cancellation).ConfigureAwait(false) is { } page)
                    return Held(page, MessageStates.InFlight);
                (_leases, _inFlight, _hasListed) = (_inFlight.Names, null, true);
            }

            if (_isReadyOver)
                return null;
            if (await _ready.NextAsync(cancellation).ConfigureAwait(false) is { } next)
            {
                _hasListed = false;
                return Ready(next);
            }

            _isReadyOver = true;
        }
    }

    private ExportedPage Held(WalkedPage page, MessageStates state)
    {
        var now = context.Now;
        return new([.. page.Spots.Where(spot => !WasReady(spot) && !spot.Message.IsExpired(now) && _held.Add(spot.Message.Id))], state, page.Damage);
    }

    private ExportedPage Ready(WalkedPage page)
    {
        var now = context.Now;
        Spot[] spots = [.. page.Spots.Where(spot => !spot.Message.IsExpired(now) && !_held.Contains(spot.Message.Id))];
        _passedBefore = _passed;
        if (page.Spots.Count > 0)
            _passed = page.Spots[page.Spots.Count - 1].Rank;
        _page = [.. spots.Select(static spot => spot.Message.Id)];
        return new(spots, MessageStates.Ready, page.Damage);
    }

    /// <summary>
    /// Whether a message that is in flight now was met while it was ready. It was leased since the listing before the last page: so what stands before that
    /// page was, and of that page itself what was on it.
    /// </summary>
    private bool WasReady(Spot spot)
    {
        if (_passed is null || spot.Message.Rank is not { } rank || rank.CompareTo(_passed) > 0)
            return false;
        return (_passedBefore is not null && rank.CompareTo(_passedBefore) <= 0) || _page.Contains(spot.Message.Id);
    }
}
