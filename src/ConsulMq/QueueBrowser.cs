using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>
/// Looks at a queue's messages, page by page, without taking any: memory is bounded however deep the queue. What others push and pop meanwhile may or may
/// not be seen. For one caller at a time.
/// </summary>
public sealed class QueueBrowser
{
    private readonly QueueContext _context;
    private readonly bool _bodies;
    private readonly MessageState _state;
    private readonly Func<QueueObject, bool>? _filter;
    private readonly SpotReader _reader;
    private readonly HeldReader _held;
    private readonly OrderWalk? _walk;
    private readonly Func<CancellationToken, Task<WalkedPage?>> _nextPage;
    private readonly Queue<Spot> _seen = new();

    internal QueueBrowser(QueueContext context, bool bodies, MessageState state = MessageState.Ready, Func<QueueObject, bool>? filter = null)
    {
        _context = state == MessageState.Dead ? context.Other(DeadLetters.QueueOf(context.Keys.Queue)) : context;
        _bodies = bodies;
        _state = state;
        _filter = filter;
        _reader = new SpotReader(_context, bodies);
        _held = new HeldReader(_context);
        _walk = state is MessageState.Ready or MessageState.Dead ? new OrderWalk(_context) : null;
        _nextPage = state switch
        {
            MessageState.InFlight => new HeldWalk(_context, EntryPlace.InFlight) { ProvesAbsence = true }.NextAsync,
            MessageState.Scheduled => new HeldWalk(_context, EntryPlace.Scheduled) { ProvesAbsence = true }.NextAsync,
            _ => _walk!.NextAsync,
        };
    }

    /// <summary>Whether there is such a queue, as far as was looked; where only what is in flight or scheduled is looked at, nobody has asked.</summary>
    public bool IsThere => _walk is null || _walk.Start is not null;

    /// <summary>How many messages were looked at, whatever the filter said.</summary>
    public long Looked { get; private set; }

    /// <summary>
    /// The next messages, those that are ready with their positions: a page of them, or as many as their bodies go into memory together; expired ones are left
    /// out, unless they are in flight. None, where the filter leaves none of a page. Null: the end.
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
            if (await _nextPage(cancellation).ConfigureAwait(false) is not { } page)
                return null;
            if (_state == MessageState.InFlight && page.Spots.Count > 0)
                await _held.PrepareAsync(cancellation).ConfigureAwait(false);
            Take(page.Spots);
            damage.AddRange(page.Damage);
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

            if (await _reader.ReadAsync(spot, Show, damage, cancellation).ConfigureAwait(false) is { } item)
                items.Add(item);
            _ = _seen.Dequeue();
        }

        return new PopBatch(items, damage);
    }

    private void Take(IReadOnlyList<Spot> spots)
    {
        foreach (var spot in spots)
        {
            if (_state != MessageState.InFlight && spot.Message.IsExpired(_context.Now))
                continue;
            Looked++;
            if (_filter is null || _filter(Show(spot, spot.Message)))
                _seen.Enqueue(spot);
        }
    }

    private QueueObject Show(Spot spot, Message message) =>
        _state is MessageState.InFlight or MessageState.Scheduled ? _held.Show(spot, message) : _context.ToQueueObject(message, spot, _state);
}
