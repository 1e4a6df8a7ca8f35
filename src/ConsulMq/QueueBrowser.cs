using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>
/// Looks at a queue's messages in order, page by page, without taking any: memory is bounded however deep the queue. What others push and pop meanwhile
/// may or may not be seen. For one caller at a time.
/// </summary>
public sealed class QueueBrowser
{
    private readonly QueueContext _context;
    private readonly bool _bodies;
    private readonly Queue<Seen> _seen = new();
    private FrontSet? _front;
    private int _frontAt;
    private long? _next;
    private long _position;
    private bool _ended;

    internal QueueBrowser(QueueContext context, bool bodies)
    {
        _context = context;
        _bodies = bodies;
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
            var (seen, entry, offset) = _seen.Peek();
            QueueObject? item = seen;
            if (_bodies && seen.Message.Blob is { } body)
            {
                if (bytes > 0 && bytes + body.Size > Layout.ClaimBodyBytes)
                    break;
                bytes += body.Size;
                item = await ReadBodyAsync(seen, entry, offset, damage, cancellation).ConfigureAwait(false);
            }

            _ = _seen.Dequeue();
            if (item is not null)
                items.Add(item);
        }

        return new PopBatch(items, damage);
    }

    /// <summary>Null: the body is damaged, or its message was taken meanwhile.</summary>
    private async Task<QueueObject?> ReadBodyAsync(QueueObject item, StoredEntry entry, int offset, List<ConsulMqException> damage, CancellationToken cancellation)
    {
        var message = item.Message;
        try
        {
            var body = await new BodyDownloader(_context).ReadAsync(message.Blob!, cancellation).ConfigureAwait(false);
            return _context.ToQueueObject(message with { Body = body, HasBody = true }, item.Position, entry.PlaceOf(offset));
        }
        catch (DamagedBodyException e)
        {
            if (await BodyLoader.IsThereAsync(_context, entry, offset, cancellation).ConfigureAwait(false))
                damage.Add(e.Of(message));
            return null;
        }
    }

    /// <summary>Fills <see cref="_seen"/>. Returns the damage that was found; null: the end.</summary>
    private async Task<List<ConsulMqException>?> NextPageAsync(CancellationToken cancellation)
    {
        if (_ended)
            return null;
        while (true)
        {
            var asked = _next;
            var pairs = await _context.Index.SnapshotAsync(asked, sessions: false, cancellation).ConfigureAwait(false);
            var index = _context.Index.Take(pairs);
            if (index is null)
            {
                await _context.Index.ProveAbsenceAsync(cancellation).ConfigureAwait(false);
                _ended = true;
                return null;
            }

            if (asked is null && index.Head.Front)
                _front = await FrontSet.ReadAsync(_context, cancellation).ConfigureAwait(false);
            if (asked is null || asked < index.Head.Page)
            {
                _next = index.Head.Page;
                continue;
            }

            _next = asked + 1;
            _ended = asked >= index.Tail.Page;
            return await MergeAsync(LogPage.Take(pairs, _context.Keys, asked.Value), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The page's messages, and those of the front set that come before them; behind the last page, all of them.</summary>
    private async Task<List<ConsulMqException>> MergeAsync(LogPage page, CancellationToken cancellation)
    {
        var damage = new List<ConsulMqException>();
        foreach (var entry in page.Entries)
        {
            for (var offset = entry.Cursor.First; entry.Messages() is { } messages && offset < entry.Cursor.End; offset++)
            {
                if (!entry.Cursor.Has(offset))
                    continue;
                if (_front is not null)
                    await AddFrontAsync(entry.RankOf(offset), cancellation).ConfigureAwait(false);
                Add(messages[offset], entry, offset);
            }
        }

        damage.AddRange(page.Damage);

        if (_ended && _front is not null)
            await AddFrontAsync(null, cancellation).ConfigureAwait(false);
        if (_ended && _front is not null)
            damage.AddRange(_front.Damage);
        return damage;
    }

    private async Task AddFrontAsync(Rank? before, CancellationToken cancellation)
    {
        while (true)
        {
            while (_front!.Horizon is { } horizon && (_frontAt >= _front.Messages.Count || horizon.CompareTo(_front.Messages[_frontAt].Rank) < 0))
                await _front.LoadMoreAsync(cancellation).ConfigureAwait(false);
            if (_frontAt >= _front.Messages.Count || (before is not null && _front.Messages[_frontAt].Rank.CompareTo(before) > 0))
                return;
            var (_, entry, offset) = _front.Messages[_frontAt++];
            if (entry.Cursor.Has(offset))
                Add(entry.Messages()![offset], entry, offset);
        }
    }

    private void Add(Message message, StoredEntry entry, int offset)
    {
        if (!message.IsExpired(_context.Now))
            _seen.Enqueue(new Seen(_context.ToQueueObject(message, _position++, entry.PlaceOf(offset)), entry, offset));
    }

    /// <summary>A message that was seen and not yet given.</summary>
    private readonly record struct Seen(QueueObject Item, StoredEntry Entry, int Offset);
}
