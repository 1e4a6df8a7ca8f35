using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>
/// Looks at a queue's messages in order, page by page, without taking any: memory is bounded however deep the queue. What others push and pop meanwhile
/// may or may not be seen. For one caller at a time.
/// </summary>
public sealed class QueueBrowser
{
    private readonly QueueContext _context;
    private readonly bool _bodies;
    private readonly SpotReader _reader;
    private readonly OrderWalk _walk;
    private readonly Queue<Spot> _seen = new();

    internal QueueBrowser(QueueContext context, bool bodies)
    {
        _context = context;
        _bodies = bodies;
        _walk = new OrderWalk(context);
        _reader = new SpotReader(context, bodies);
    }

    /// <summary>
    /// The next messages, with their positions: a page of them, or as many as their bodies go into memory together; expired ones are left out. Null: the
    /// end.
    /// </summary>
    /// <param name="cancellation">Stops it.</param>
    public Task<PopBatch?> NextAsync(CancellationToken cancellation) => NextAsync(int.MaxValue, cancellation);

    /// <inheritdoc cref="NextAsync(CancellationToken)" />
    /// <param name="max">At most so many.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task<PopBatch?> NextAsync(int max, CancellationToken cancellation) => Errors.Translate(NextBatchAsync(max, cancellation));

    private async Task<PopBatch?> NextBatchAsync(int max, CancellationToken cancellation)
    {
        var damage = new List<ConsulMqException>();
        if (_seen.Count == 0)
        {
            if (await NextPageAsync(cancellation).ConfigureAwait(false) is not { } found)
                return null;
            damage.AddRange(found);
        }

        var items = new List<QueueObject>(Math.Min(_seen.Count, max));
        long bytes = 0;
        while (_seen.Count > 0 && items.Count < max)
        {
            var spot = _seen.Peek();
            if (_bodies && spot.Message.Blob is { } body)
            {
                if (bytes > 0 && bytes + body.Size > Layout.ClaimBodyBytes)
                    break;
                bytes += body.Size;
            }

            var item = await _reader.ReadAsync(spot, damage, cancellation).ConfigureAwait(false);

            _ = _seen.Dequeue();
            if (item is not null)
                items.Add(item);
        }

        return new PopBatch(items, damage);
    }

    /// <summary>Fills <see cref="_seen"/>. Returns the damage that was found; null: the end.</summary>
    private async Task<IReadOnlyList<ConsulMqException>?> NextPageAsync(CancellationToken cancellation)
    {
        if (await _walk.NextAsync(cancellation).ConfigureAwait(false) is not { } page)
            return null;
        foreach (var spot in page.Spots)
        {
            if (!spot.Message.IsExpired(_context.Now))
                _seen.Enqueue(spot);
        }

        return page.Damage;
    }
}
