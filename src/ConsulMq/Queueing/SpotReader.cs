namespace ConsulMq.Queueing;

/// <summary>Shows messages where they stand, without taking them.</summary>
/// <param name="context">The queue.</param>
/// <param name="bodies">Whether big bodies are read.</param>
internal sealed class SpotReader(QueueContext context, bool bodies)
{
    /// <summary>The message as a user sees it. Null: its body is damaged, which is added to <paramref name="damage"/>, or it was taken meanwhile.</summary>
    public async Task<QueueObject?> ReadAsync(Spot spot, List<ConsulMqException> damage, CancellationToken cancellation)
    {
        var message = spot.Message;
        if (!bodies || message.Blob is null)
            return context.ToQueueObject(message, spot);
        try
        {
            var body = await new BodyDownloader(context).ReadAsync(message.Blob, cancellation).ConfigureAwait(false);
            return context.ToQueueObject(message with { Body = body, HasBody = true }, spot);
        }
        catch (DamagedBodyException e)
        {
            if (await BodyLoader.IsThereAsync(context, spot.Entry, spot.Offset, cancellation).ConfigureAwait(false))
                damage.Add(e.Of(message));
            return null;
        }
    }
}
