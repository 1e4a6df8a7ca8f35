using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Shows messages where they stand, without taking them.</summary>
/// <param name="context">The queue.</param>
/// <param name="bodies">Whether big bodies are read.</param>
internal sealed class SpotReader(QueueContext context, bool bodies)
{
    /// <summary>The messages that were chosen.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.PositionOutOfRange"/></exception>
    public async Task<PopBatch> ReadAsync(MessageSelection selection, int max, CancellationToken cancellation)
    {
        var found = await Picker.FindAsync(context, selection, max, mayBeNone: false, cancellation).ConfigureAwait(false);
        var items = new List<QueueObject>(found.Spots.Count);
        var damage = new List<ConsulMqException>();
        foreach (var spot in found.Spots)
        {
            if (await ReadAsync(spot, Show, damage, cancellation).ConfigureAwait(false) is { } item)
                items.Add(item);
        }

        damage.AddRange(selection.Missing(found.Spots).Select(id => Errors.NoSuchItem(context.Keys.Queue, id)));
        return new PopBatch(items, damage);
    }

    /// <summary>The message as <paramref name="show"/> makes it for the user. Null: its body is damaged, which is added to <paramref name="damage"/>, or it was taken meanwhile.</summary>
    public async Task<QueueObject?> ReadAsync(Spot spot, Func<Spot, Message, QueueObject> show, List<ConsulMqException> damage, CancellationToken cancellation)
    {
        var message = spot.Message;
        if (!bodies || message.Blob is null)
            return show(spot, message);
        try
        {
            var body = await new BodyDownloader(context).ReadAsync(message.Blob, cancellation).ConfigureAwait(false);
            return show(spot, message with { Body = body, HasBody = true });
        }
        catch (DamagedBodyException e)
        {
            if (await BodyLoader.IsThereAsync(context, spot.Entry, spot.Offset, cancellation).ConfigureAwait(false))
                damage.Add(e.Of(message));
            return null;
        }
    }

    private QueueObject Show(Spot spot, Message message) => context.ToQueueObject(message, spot);
}
