using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>An item of a stream of pushes.</summary>
/// <param name="Item">What is pushed.</param>
/// <param name="Source">The object that its body was made of, if any.</param>
/// <param name="Tag">The caller's own.</param>
/// <param name="Error">Why it cannot be pushed by itself, if so.</param>
/// <param name="Seen">What is known of its deduplication ID, if it has one.</param>
/// <param name="Breaks">Whether no later item can be pushed either: Consul failed while its body was uploaded.</param>
/// <param name="IsVital">Whether any error of it breaks: nothing may be pushed behind it without it.</param>
internal readonly record struct PushEntry(
    PushItem Item, object? Source, object? Tag, ConsulMqException? Error = null, Deduplication? Seen = null, bool Breaks = false, bool IsVital = false)
{
    /// <summary>The message as its producer sees it: the one that was pushed, or the one that it is a duplicate of.</summary>
    public QueueObject ToQueueObject(QueueContext context)
    {
        var original = Seen?.Original;
        var message = original is null ? Item.Message : Item.Message with { Id = original.Id, CreatedAt = original.At, ExpiresAt = null };
        return new QueueObject(message, context.Keys.Queue, context.Settings.BodyReader, source: Source)
        {
            BodySource = Item.Source,
            IsDuplicate = original is not null,
            DeduplicationId = Item.DeduplicationId,
            NotBefore = Item.Due > 0 && original is null ? DateTimeOffset.FromUnixTimeMilliseconds(Item.Due) : null,
        };
    }
}

/// <summary>
/// Items in a row, and the batch that covers the first of them: as many as one transaction takes. Covered is also what need not be sent: an item with an
/// error, and a duplicate.
/// </summary>
internal sealed class PushRun(PushBatch batch)
{
    private const long Unlimited = long.MaxValue;

    private readonly List<PushEntry> _items = [];
    private Dictionary<string, Deduplication>? _ids;
    private TimeSpan? _timeToLive;
    private long _mostBytes = Unlimited;
    private ConsulMqException? _broken;
    private RankGap? _gap;
    private int _firstNumber;
    private bool _isPlaced = true;

    public PushBatch Batch { get; } = batch;

    public IReadOnlyList<PushEntry> Items => _items;

    /// <summary>How many of the first items are covered.</summary>
    public int Covered { get; private set; }

    /// <summary>Adds an item behind the others, which are all covered. False: it does not fit beside them.</summary>
    public bool TryAdd(PushEntry entry, QueueSettings settings)
    {
        if (Batch.Entries.Count == 0)
            _timeToLive = settings.TimeToLive;
        if (!TryEncode(ref entry, Unlimited))
            return false;
        _items.Add(entry);
        Covered++;
        return true;
    }

    /// <summary>Sets the place that the messages take, the first one of the batch with this number there; null: the end of the log.</summary>
    public void Place(RankGap? gap, int firstNumber)
    {
        _isPlaced &= _gap == gap && _firstNumber == firstNumber;
        (_gap, _firstNumber) = (gap, firstNumber);
    }

    /// <summary>Makes sure that the batch is as these settings and its place want it.</summary>
    public void Fit(QueueSettings settings)
    {
        if (Batch.Entries.Count == 0 || !_isPlaced || _timeToLive != settings.TimeToLive || _mostBytes != MostBytes(settings))
            Fill(settings);
    }

    /// <summary>Encodes the batch anew, with no more messages that are ready at once than there is room for.</summary>
    public void Fill(QueueSettings settings, long room = Unlimited)
    {
        Batch.Clear();
        _ids?.Clear();
        _broken = null;
        _isPlaced = true;
        _timeToLive = settings.TimeToLive;
        _mostBytes = MostBytes(settings);
        for (Covered = 0; Covered < _items.Count; Covered++)
        {
            var entry = _items[Covered];
            if (!TryEncode(ref entry, room))
                return;
            _items[Covered] = entry;
        }
    }

    /// <summary>Uploads bodies again that were taken away before they could be pushed.</summary>
    public async Task UploadAgainAsync(BigBodies bodies, IReadOnlyList<UploadedBody> lost)
    {
        for (var i = 0; i < Covered; i++)
        {
            if (_items[i].Item.Upload is { } upload && lost.Contains(upload))
                _items[i] = _items[i] with { Item = await bodies.ReplaceAsync(_items[i].Item, upload).ConfigureAwait(false) };
        }
    }

    /// <summary>Gives items an error, so that they are not sent. The batch has to be encoded anew.</summary>
    /// <param name="why">The error of an item; null: it stays as it is.</param>
    /// <returns>Whether there are such items.</returns>
    public bool Drop(Func<PushEntry, ConsulMqException?> why)
    {
        var any = false;
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i].Error is not null || why(_items[i]) is not { } error)
                continue;
            _items[i] = _items[i] with { Error = error };
            any = true;
        }

        return any;
    }

    /// <summary>Covers all items: there is no sending any of them.</summary>
    public void CoverAll() => Covered = _items.Count;

    /// <summary>Removes the covered items: they have their outcome.</summary>
    public void RemoveCovered()
    {
        _items.RemoveRange(0, Covered);
        Reset();
    }

    public void Clear()
    {
        _items.Clear();
        Reset();
    }

    /// <summary>The items of the batch that are to be pushed once.</summary>
    public IEnumerable<(Deduplication Seen, Guid Id)> Deduplicated()
    {
        for (var i = 0; _ids is { Count: > 0 } && i < Covered; i++)
        {
            if (_items[i].Seen is { } seen && NeedsSending(_items[i]))
                yield return (seen, _items[i].Item.Message.Id);
        }
    }

    private static bool NeedsSending(PushEntry entry) => entry.Error is null && entry.Seen is null or { First: null, Leader: null, Damage: null };

    /// <summary>Brings an item into the batch, if it needs to be there. False: it does not fit.</summary>
    private bool TryEncode(ref PushEntry entry, long room)
    {
        if (_broken is not null && entry.Error is null)
            entry = entry with { Error = _broken };
        if (entry.Breaks)
            _broken ??= entry.Error;
        if (entry.Error is not null)
            return true;
        try
        {
            if (_gap is not null && entry.Item.Due > 0)
                throw new ConsulMqException(ConsulMqError.InvalidSetting, "A message that comes later goes to the end of the queue, and cannot be pushed to its front or to a position. It was not pushed.", entry.Item.Message.Id);
            if (entry.Item.DeduplicationId is { } id)
                entry = entry with { Seen = Lead(entry.Seen ?? new Deduplication(DeduplicationId.ToKey(id))) };
            if (entry.Seen?.Damage is { } damage)
                throw damage;
            // That of a big body was looked at before it was uploaded.
            if (_mostBytes != Unlimited && entry.Item.Message is { Blob: null, Body.Size: var size } && size > _mostBytes)
                throw BodyUploader.TooLarge(size, _mostBytes);
            entry = entry with { Item = entry.Item.With(_timeToLive) };
            if (NeedsSending(entry))
            {
                var isFull = room != Unlimited && entry.Item.Due == 0 && Batch.Ready >= room;
                if (isFull || !Batch.TryAdd(_gap is null ? entry.Item : entry.Item.At(_gap[_firstNumber + Batch.Ready])))
                    return false;
            }
        }
        catch (ConsulMqException e)
        {
            entry = entry with { Error = e, Breaks = entry.IsVital };
            if (entry.Breaks)
                _broken = e;
            return true;
        }

        if (entry.Seen is { Leader: null } seen)
            (_ids ??= new(StringComparer.Ordinal))[seen.Key] = seen;
        return true;
    }

    /// <summary>Notes which item before it has the same ID: one that was pushed, or is going to be.</summary>
    private Deduplication Lead(Deduplication seen)
    {
        if (seen.Leader is not { IsPushed: true })
            seen.Leader = _ids is not null && _ids.TryGetValue(seen.Key, out var leader) ? leader : null;
        return seen;
    }

    /// <summary>What of the queue's limit matters for a body that stands in its line.</summary>
    private static long MostBytes(QueueSettings settings) => settings.MaxBodyBytes < Layout.LineBytes ? settings.MaxBodyBytes : Unlimited;

    private void Reset()
    {
        Covered = 0;
        if (_items.Count == 0)
            _broken = null;
        Batch.Clear();
        _ids?.Clear();
    }
}
