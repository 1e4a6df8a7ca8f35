using ConsulMq.Diagnostics;
using ConsulMq.Internal;
using ConsulMq.Queueing;

namespace ConsulMq;

/// <summary>What became of an item of a <see cref="PushStream"/>.</summary>
/// <param name="Tag">What came with the item.</param>
/// <param name="Item">The pushed message, durable; null if it was not pushed.</param>
/// <param name="Error">Why it was not pushed.</param>
public readonly record struct PushOutcome(object? Tag, QueueObject? Item, ConsulMqException? Error);

/// <summary>
/// A stream of pushes with group commit: the first item is sent at once, and what arrives while a write is under way goes together with the next one.
/// One write is under way at a time, so the order of the items is their order in the queue. Once a write has failed, all later items fail with the
/// same error and are not sent: what is in the queue is the beginning of the stream, without a hole. A full queue is such a failure, each item having
/// an error of its own. For one caller at a time.
/// </summary>
public sealed class PushStream : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private readonly QueueContext _context;
    private readonly PushFailure _failure = new();
    private readonly Pusher _pusher;
    private readonly GroupCommit<PushEntry, PushOutcome> _commits;
    private readonly bool _isTold;

    /// <param name="context">The queue.</param>
    /// <param name="pusher">Composes messages.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="wait">How long to wait for room; null: not at all.</param>
    /// <param name="isTold">Whether those who listen to the library's telemetry are told; if not, the caller does.</param>
    /// <param name="companion">What else its transactions write; null: nothing.</param>
    internal PushStream(QueueContext context, Pusher pusher, PushTarget target, TimeSpan? wait, bool isTold = true, IPushCompanion? companion = null)
    {
        _isTold = isTold;
        _context = context;
        _pusher = pusher;
        var terms = new PushTerms(wait, _closed.Token, companion);
        _commits = new(new PushGroup(context, pusher, target, terms, _failure, isTold), new PushGroup(context, pusher, target, terms, _failure, isTold), context.Settings.Continuations);
    }

    /// <summary>
    /// Takes an item in. Completes at once while there is room, else when the write under way is done; a big body is uploaded first. A fault of the item
    /// itself (too large) comes out of <see cref="TryTake"/> in its turn, as do all others.
    /// </summary>
    /// <param name="draft">The message.</param>
    /// <param name="tag">Anything; comes back with the outcome.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public ValueTask AddAsync(MessageDraft draft, object? tag, CancellationToken cancellation)
    {
        var item = _pusher.Compose(draft);
        if (_isTold && Telemetry.IsOn)
            item = _context.Telemetry.Create(item);
        return draft.OpenBody is not null || BigBodies.IsBig(item)
            ? new ValueTask(AddBigAsync(new PushEntry(item, draft.Source, tag), draft.OpenBody, cancellation))
            : _commits.AddAsync(new PushEntry(item, draft.Source, tag), cancellation);
    }

    /// <summary>Takes a message in as it is. If it cannot be pushed, nothing behind it is.</summary>
    internal ValueTask AddAsync(PushItem item, object? tag, CancellationToken cancellation)
    {
        var entry = new PushEntry(item, null, tag, IsVital: true);
        return BigBodies.IsBig(item) ? new ValueTask(AddBigAsync(entry, null, cancellation)) : _commits.AddAsync(entry, cancellation);
    }

    /// <summary>Takes the next outcome, in the order of the items. False: none is there yet.</summary>
    public bool TryTake(out PushOutcome outcome) => _commits.TryTake(out outcome);

    /// <summary>Waits until there is an outcome to take. False: the outcome of every item was taken.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<bool> WaitAsync(CancellationToken cancellation) => _commits.WaitAsync(cancellation);

    /// <summary>Waits until every item has its outcome.</summary>
    public Task FlushAsync(CancellationToken cancellation) => _commits.FlushAsync(cancellation);

    /// <summary>Ends the stream. What was not sent is not sent any more; what is under way comes to its end, but does not wait for room any more.</summary>
    public void Dispose()
    {
        _commits.Dispose();
        // Who waits for room waits for nothing now. The source itself holds nothing that needs disposing of.
        _closed.Cancel();
    }

    /// <summary>Uploads a body, and lets its message in behind those before it.</summary>
    private async Task AddBigAsync(PushEntry entry, Func<Stream>? open, CancellationToken cancellation)
    {
        try
        {
            if (_failure.Error is { } failed)
                throw failed;
            var bodies = new BigBodies(_context);
            var item = open is not null
                ? await bodies.ReadAsync(entry.Item, open, cancellation).ConfigureAwait(false)
                : await bodies.UploadAsync(entry.Item, cancellation).ConfigureAwait(false);
            entry = entry with { Item = item };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            entry = entry with { Error = new ConsulMqException(ConsulMqError.InvalidBody, $"The body cannot be read, and was not pushed: {e.Message}", entry.Source, e) };
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // Without this one the later ones must not be pushed either, unless it is this one's own fault.
            var error = Errors.Any(e, "push", _context.Keys.Queue);
            entry = entry with { Error = error, Breaks = entry.IsVital || error.Error != ConsulMqError.MessageTooLarge };
        }

        await _commits.AddAsync(entry, cancellation).ConfigureAwait(false);
    }
}
