using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Reads the bodies of messages that are about to be taken, so that nothing is taken whose body is not there and whole.</summary>
internal sealed class BodyLoader(QueueContext context)
{
    private readonly BodyDownloader _downloader = new(context);

    // A claim that is lost is made again with much the same messages.
    private readonly Dictionary<string, MessageBody> _read = new(StringComparer.Ordinal);

    /// <summary>Forgets what was read.</summary>
    public void Clear() => _read.Clear();

    /// <summary>Reads what a claim needs.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="destination">Where the bodies go; null: into memory.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>False: a message cannot be taken as it seemed, and what to claim has to be read and chosen again.</returns>
    public async Task<bool> LoadAsync(Claim claim, IBodyDestination? destination, CancellationToken cancellation)
    {
        if (claim.Handover?.CopiesBodies == true)
            return await CopyAsync(claim, cancellation).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < claim.Taken.Count; i++)
            {
                var (message, entry, offset) = claim.Taken[i];
                if (message.Blob is null && destination is null)
                    continue;
                try
                {
                    claim.Loaded[i] = destination is null
                        ? new LoadedBody(await ReadAsync(message.Blob!, cancellation).ConfigureAwait(false), null)
                        : new LoadedBody(null, await WriteAsync(message, destination, cancellation).ConfigureAwait(false));
                }
                catch (DamagedBodyException e)
                {
                    await ProveAsync(message, entry, offset, e, cancellation).ConfigureAwait(false);
                    Discard(claim);
                    return false;
                }
            }
        }
        catch
        {
            Discard(claim);
            throw;
        }

        return true;
    }

    /// <summary>Drops what was made ready for a claim that did not happen.</summary>
    public static void Discard(Claim claim)
    {
        DropPlaces(claim);
        claim.Handover?.Discard();
    }

    /// <summary>Drops the places of bodies whose messages nobody gets.</summary>
    public static void DropPlaces(Claim claim)
    {
        foreach (var body in claim.Loaded.Values)
            body.Place?.Dispose();
        claim.Loaded.Clear();
    }

    /// <summary>Bodies that go from queue to queue are proved on the way.</summary>
    private static async Task<bool> CopyAsync(Claim claim, CancellationToken cancellation)
    {
        try
        {
            await claim.Handover!.PrepareAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (DamagedBodyException)
        {
            Discard(claim);
            return false;
        }
        catch
        {
            Discard(claim);
            throw;
        }
    }

    private async Task<MessageBody> ReadAsync(BodyReference body, CancellationToken cancellation)
    {
        if (_read.TryGetValue(body.Id, out var known))
            return known;
        var read = await _downloader.ReadAsync(body, cancellation).ConfigureAwait(false);
        if (_read.Values.Sum(static b => (long)b.Size) + body.Size > Layout.ClaimBodyBytes)
            _read.Clear();
        return _read[body.Id] = read;
    }

    private async Task<IBodyPlace> WriteAsync(Message message, IBodyDestination destination, CancellationToken cancellation)
    {
        var place = destination.Open(context.ToQueueObject(message));
        try
        {
            await (message.Blob is { } body
                ? _downloader.CopyToAsync(body, place.Target, cancellation)
                : BodyDownloader.WriteAsync(place.Target, message.Body.Bytes, cancellation)).ConfigureAwait(false);
            place.Complete();
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Damage it is only if the message is still there: whoever takes a message takes its body as well.</summary>
    private async Task ProveAsync(Message message, StoredEntry entry, int offset, DamagedBodyException damage, CancellationToken cancellation)
    {
        if (!await IsThereAsync(context, entry, offset, cancellation).ConfigureAwait(false))
            return;
        var corrupt = damage.Of(message);
        entry.Spoil(offset, corrupt);
        context.DamagedBodies.Add(message.Blob!.Id, corrupt);
    }

    /// <summary>Whether a message is still in its entry, as a read that is never stale says.</summary>
    public static async Task<bool> IsThereAsync(QueueContext context, StoredEntry entry, int offset, CancellationToken cancellation)
    {
        var result = await context.Consul.TransactAsync(
            [KvOperation.GetTree(entry.Key.Key), KvOperation.GetTree(entry.Key.Cursor)], ReadConsistency.Consistent, cancellation).ConfigureAwait(false);
        var pair = result.Pairs.FirstOrDefault(p => p.Key == entry.Key.Key);
        var cursor = result.Pairs.FirstOrDefault(p => p.Key == entry.Key.Cursor);
        return pair is not null && (cursor is null || Cursor.TryParse(cursor.Value.Span, entry.Key.Count) is not { } left || left.Has(offset));
    }
}
