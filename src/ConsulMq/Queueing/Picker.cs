namespace ConsulMq.Queueing;

/// <summary>
/// Takes messages that were chosen, wherever in the queue they stand, as many at once as one transaction takes. They are looked for afresh, never in a view,
/// and the checks on their entries and cursors see to it that each is taken once: the order of the queue need not stay the same meanwhile.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="selection">Which ones.</param>
/// <param name="max">At most so many.</param>
internal sealed class Picker(QueueContext context, MessageSelection selection, int max)
{
    /// <summary>So many are found at once, unless they are chosen one by one.</summary>
    private const int Most = 512;

    private readonly ClaimCommitter _committer = new(context);
    private readonly BodyLoader _bodies = new(context);
    private readonly List<Spot> _found = [];
    private MessageSelection _selection = selection;
    private int _left = max;
    private bool _hasLooked;

    /// <summary>Takes the next ones. Null: there are no more.</summary>
    /// <param name="newClaim">Makes the claims, with what becomes of the messages in the same transaction.</param>
    /// <param name="atOnce">At most so many.</param>
    /// <param name="destination">Where big bodies go; null: into memory.</param>
    /// <param name="cancellation">Stops waiting. What was taken after that goes back.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.PositionOutOfRange"/></exception>
    public async Task<PopBatch?> TakeAsync(Func<Claim> newClaim, int atOnce, IBodyDestination? destination, CancellationToken cancellation)
    {
        var problems = new List<ConsulMqException>();
        try
        {
            while (await HasMoreAsync(problems, cancellation).ConfigureAwait(false))
            {
                var claim = newClaim();
                using var handover = claim.Handover;
                var count = Fill(claim, atOnce, handOut: true);
                if (await _bodies.LoadAsync(claim, destination, cancellation).ConfigureAwait(false))
                {
                    if (await CommitAsync(claim, count, cancellation).ConfigureAwait(false))
                        return new PopBatch(claim.ToQueueObjects(context), problems);
                    BodyLoader.Discard(claim);
                }
                else
                {
                    AddDamaged(count, problems);
                }

                // Somebody else took one of them, or it cannot be taken: they are looked for again.
                _found.Clear();
            }
        }
        finally
        {
            _bodies.Clear();
        }

        return problems.Count > 0 ? new PopBatch([], problems) : null;
    }

    /// <summary>Removes the next ones, whatever is in them. Null: there are no more.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.PositionOutOfRange"/></exception>
    public async Task<(IReadOnlyList<Guid> Ids, IReadOnlyList<ConsulMqException> Problems)?> RemoveAsync(CancellationToken cancellation)
    {
        var problems = new List<ConsulMqException>();
        while (await HasMoreAsync(problems, cancellation).ConfigureAwait(false))
        {
            var claim = new Claim();
            var count = Fill(claim, int.MaxValue, handOut: false);
            Guid[] ids = [.. _found.Take(count).Select(static spot => spot.Message.Id)];
            if (await CommitAsync(claim, count, cancellation).ConfigureAwait(false))
                return (ids, problems);
            _found.Clear();
        }

        return problems.Count > 0 ? ([], problems) : null;
    }

    /// <summary>Whether there is something to take, which is looked for if need be.</summary>
    private async Task<bool> HasMoreAsync(List<ConsulMqException> problems, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_found.Count > 0 || _left == 0)
            return _left > 0;
        var found = await FindAsync(context, _selection, Math.Min(_left, Most), mayBeNone: _hasLooked, cancellation).ConfigureAwait(false);
        _hasLooked = true;
        var missing = _selection.Missing(found.Spots);
        problems.AddRange(missing.Select(id => Errors.NoSuchItem(context.Keys.Queue, id)));
        _selection = _selection.Without(missing);
        _found.AddRange(found.Spots.Take(_left));
        return _found.Count > 0;
    }

    /// <summary>Finds what was chosen. Where it is not there, maintenance may have something to give, and it is looked for once more.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="selection">Which ones.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="mayBeNone">Whether there need not be any: they are what is left.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.PositionOutOfRange"/></exception>
    public static async Task<Located> FindAsync(QueueContext context, MessageSelection selection, int max, bool mayBeNone, CancellationToken cancellation)
    {
        var found = await selection.FindAsync(context, max, cancellation).ConfigureAwait(false);
        if (!selection.IsComplete(found.Spots) && await context.Maintenance.GiveAsync(cancellation).ConfigureAwait(false))
            found = await selection.FindAsync(context, max, cancellation).ConfigureAwait(false);
        if (!mayBeNone)
            selection.Check(context, found);
        return found;
    }

    private int Fill(Claim claim, int most, bool handOut)
    {
        var count = 0;
        while (count < most && count < _found.Count && claim.TryAdd(_found[count].Entry, _found[count].Offset, handOut))
            count++;
        return count;
    }

    private async Task<bool> CommitAsync(Claim claim, int count, CancellationToken cancellation)
    {
        var commit = await _committer.CommitAsync(claim, null, null, cancellation).ConfigureAwait(false);
        if (!commit.Succeeded)
            return false;
        claim.Committed(null, commit.Index);
        context.Maintenance.InPassing();
        _selection = _selection.Without([.. _found.Take(count).Select(static spot => spot.Message.Id)]);
        _found.RemoveRange(0, count);
        _left -= count;
        return true;
    }

    private void AddDamaged(int count, List<ConsulMqException> problems)
    {
        foreach (var spot in _found.Take(count))
        {
            if (context.DamagedBodies.Find(spot.Message.Blob) is not { } damage)
                continue;
            problems.Add(damage);
            _selection = _selection.Without([spot.Message.Id]);
        }
    }
}
