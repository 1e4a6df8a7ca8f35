using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Walks again and again over what is in flight, or over what is scheduled: each time over what has come since.</summary>
/// <param name="context">The queue.</param>
/// <param name="place"><see cref="EntryPlace.InFlight"/> or <see cref="EntryPlace.Scheduled"/>.</param>
internal sealed class HeldWatch(QueueContext context, EntryPlace place)
{
    private HeldWalk? _walk;
    private IReadOnlyCollection<string> _known = [];

    /// <summary>The next messages. Null: those were all; the next call lists anew.</summary>
    public async Task<WalkedPage?> NextAsync(CancellationToken cancellation)
    {
        _walk ??= new HeldWalk(context, place) { Known = _known };
        if (await _walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
            return page;
        (_known, _walk) = (_walk.Names, null);
        return null;
    }
}
