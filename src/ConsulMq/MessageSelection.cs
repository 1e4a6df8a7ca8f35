using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>Which messages of a queue are meant, where it is not the next ones: those that are ready, expired ones not counted.</summary>
public abstract class MessageSelection
{
    private protected MessageSelection()
    {
    }

    /// <summary>The last messages, the very last one first.</summary>
    public static MessageSelection Last { get; } = new LastSelection();

    /// <summary>The message at a position, and those behind it.</summary>
    /// <param name="position">How many messages come before it, 0 or more. One that is not there is <see cref="ConsulMqError.PositionOutOfRange"/>.</param>
    public static MessageSelection At(long position) => new PositionSelection(position);

    /// <summary>The messages with these IDs. One that is not ready is <see cref="ConsulMqError.ItemNotFound"/>, and the others are taken all the same.</summary>
    /// <param name="ids">The IDs.</param>
    public static MessageSelection Of(IReadOnlyList<Guid> ids) => new IdSelection([.. ids.Distinct()], null);

    /// <summary>Messages that somebody looked at: found where they stood then without a search, or by their IDs.</summary>
    /// <param name="items">The messages, of this queue.</param>
    public static MessageSelection Of(IReadOnlyList<QueueObject> items) =>
        new IdSelection([.. items.Select(static item => item.Id).Distinct()], [.. items.Select(static item => item.SeenIn).OfType<EntryKey>()]);

    /// <summary>Finds the messages, at most so many.</summary>
    internal abstract Task<Located> FindAsync(QueueContext context, int max, CancellationToken cancellation);

    /// <summary>Whether all that was chosen was found, so that there is no need to look for more.</summary>
    internal virtual bool IsComplete(IReadOnlyList<Spot> found) => found.Count > 0;

    /// <summary>Sees to it that it is possible.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.PositionOutOfRange"/></exception>
    internal virtual void Check(QueueContext context, Located found)
    {
    }

    /// <summary>The IDs of what was chosen and not found.</summary>
    internal virtual IReadOnlyList<Guid> Missing(IReadOnlyList<Spot> found) => [];

    /// <summary>The rest, once these were taken or given up.</summary>
    internal virtual MessageSelection Without(IReadOnlyList<Guid> ids) => this;

    private sealed class LastSelection : MessageSelection
    {
        internal override async Task<Located> FindAsync(QueueContext context, int max, CancellationToken cancellation) =>
            new(await new Locator(context).LastAsync(max, cancellation).ConfigureAwait(false), 0, null);
    }

    private sealed class PositionSelection(long position) : MessageSelection
    {
        internal override Task<Located> FindAsync(QueueContext context, int max, CancellationToken cancellation) => position < 0
            ? throw Errors.NegativePosition(context.Keys.Queue, position)
            : new Locator(context).AtAsync(position, max, cancellation);

        internal override void Check(QueueContext context, Located found)
        {
            if (found.Spots.Count == 0)
                throw Errors.NoSuchPosition(context.Keys.Queue, position, found.Before);
        }
    }

    private sealed class IdSelection(IReadOnlyList<Guid> ids, IReadOnlyList<EntryKey>? seen) : MessageSelection
    {
        internal override async Task<Located> FindAsync(QueueContext context, int max, CancellationToken cancellation)
        {
            if (ids.Count == 0)
                return new Located([], 0, null);
            var found = await new Locator(context).FindAsync(ids, seen, cancellation).ConfigureAwait(false);
            return new Located([.. ids.Where(found.ContainsKey).Select(id => found[id])], 0, null);
        }

        internal override bool IsComplete(IReadOnlyList<Spot> found) => found.Count == ids.Count;

        internal override IReadOnlyList<Guid> Missing(IReadOnlyList<Spot> found)
        {
            var known = new HashSet<Guid>(found.Select(static spot => spot.Message.Id));
            return [.. ids.Where(id => !known.Contains(id))];
        }

        internal override MessageSelection Without(IReadOnlyList<Guid> others)
        {
            var gone = new HashSet<Guid>(others);
            return gone.Count == 0 ? this : new IdSelection([.. ids.Where(id => !gone.Contains(id))], seen);
        }
    }
}
