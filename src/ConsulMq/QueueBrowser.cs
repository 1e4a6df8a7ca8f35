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
    private FrontSet? _front;
    private int _frontAt;
    private long? _next;
    private long _position;
    private bool _ended;

    internal QueueBrowser(QueueContext context) => _context = context;

    /// <summary>The next messages, a page of them, with their positions; expired ones are left out. Null: the end.</summary>
    /// <param name="cancellation">Stops it.</param>
    public Task<PopBatch?> NextAsync(CancellationToken cancellation) => Errors.Translate(NextPageAsync(cancellation));

    private async Task<PopBatch?> NextPageAsync(CancellationToken cancellation)
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
    private async Task<PopBatch> MergeAsync(LogPage page, CancellationToken cancellation)
    {
        var items = new List<QueueObject>();
        var damage = new List<ConsulMqException>();
        foreach (var entry in page.Entries)
        {
            for (var offset = entry.Cursor.First; entry.Messages() is { } messages && offset < entry.Cursor.End; offset++)
            {
                if (!entry.Cursor.Has(offset))
                    continue;
                if (_front is not null)
                    await AddFrontAsync(items, entry.RankOf(offset), cancellation).ConfigureAwait(false);
                Add(items, messages[offset], entry, offset);
            }
        }

        damage.AddRange(page.Damage);

        if (_ended && _front is not null)
            await AddFrontAsync(items, null, cancellation).ConfigureAwait(false);
        if (_ended && _front is not null)
            damage.AddRange(_front.Damage);
        return new PopBatch(items, damage);
    }

    private async Task AddFrontAsync(List<QueueObject> items, Rank? before, CancellationToken cancellation)
    {
        while (true)
        {
            while (_front!.Horizon is { } horizon && (_frontAt >= _front.Messages.Count || horizon.CompareTo(_front.Messages[_frontAt].Rank) < 0))
                await _front.LoadMoreAsync(cancellation).ConfigureAwait(false);
            if (_frontAt >= _front.Messages.Count || (before is not null && _front.Messages[_frontAt].Rank.CompareTo(before) > 0))
                return;
            var (_, entry, offset) = _front.Messages[_frontAt++];
            if (entry.Cursor.Has(offset))
                Add(items, entry.Messages()![offset], entry, offset);
        }
    }

    private void Add(List<QueueObject> items, Message message, StoredEntry entry, int offset)
    {
        if (!message.IsExpired(_context.Now))
            items.Add(_context.ToQueueObject(message, _position++, entry.PlaceOf(offset)));
    }
}
