using ConsulMq.Diagnostics;
using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>What the groups of one stream share: once a write has failed, all later items fail with the same error and are not sent.</summary>
internal sealed class PushFailure
{
    public ConsulMqException? Error { get; set; }

    /// <summary>The error of one of the items. A queue that is full is each item's own trouble.</summary>
    public ConsulMqException? Of(PushEntry item) => Error?.Error == ConsulMqError.QueueFull
        ? new ConsulMqException(ConsulMqError.QueueFull, Error.Problem, item.Item.Message.Id)
        {
            RecommendedAction = Error.RecommendedAction,
        }
        : Error;
}

/// <summary>Pushes that go together in one transaction, or in several where the queue lets in only a part of them at once.</summary>
internal sealed class PushGroup(QueueContext context, Pusher pusher, PushTarget target, PushTerms terms, PushFailure failure, bool isTold) : ICommitGroup<PushEntry, PushOutcome>
{
    /// <summary>So many messages that fail one after the other are reported before more are taken.</summary>
    private const int MaxItems = 4096;

    private readonly PushRun _run = new(pusher.RentBatch());
    private readonly PushSender _sender = new(context, target);

    public bool IsEmpty => _run.Items.Count == 0;

    public bool TryAdd(PushEntry item) =>
        _run.Items.Count < MaxItems && _run.TryAdd(item, context.Index.CachedTail?.Settings ?? context.Index.Settings);

    public async Task CommitAsync()
    {
        if (failure.Error is null)
        {
            try
            {
                await (isTold && Telemetry.IsOn ? context.Telemetry.SendAsync(_run, Send) : Send()).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure.Error = Errors.Any(e, "push", context.Keys.Queue);
            }
        }

        _run.CoverAll();
    }

    public void MoveTo(Queue<PushOutcome> outcomes)
    {
        for (var i = 0; i < _run.Covered; i++)
        {
            var item = _run.Items[i];
            var failed = item.Error ?? failure.Of(item);
            outcomes.Enqueue(new PushOutcome(item.Tag, failed is null ? item.ToQueueObject(context) : null, failed));
            if (failed is not null || item.Seen?.Original is not null)
                BodyUploader.Drop(context, item.Item);
            if (item.Breaks)
                failure.Error ??= item.Error;
        }

        _run.RemoveCovered();
    }

    public void Clear()
    {
        foreach (var item in _run.Items)
            BodyUploader.Drop(context, item.Item);
        _run.Clear();
    }

    public void Release() => pusher.ReturnBatch(_run.Batch);

    private Task Send() => _sender.SendAsync(_run, terms);
}
