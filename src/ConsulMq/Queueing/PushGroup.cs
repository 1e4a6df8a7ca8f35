using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>What the groups of one stream share: once a write has failed, all later items fail with the same error and are not sent.</summary>
internal sealed class PushFailure
{
    public ConsulMqException? Error { get; set; }

    /// <summary>The error of one of the items. A queue that is full is each item's own trouble.</summary>
    public static ConsulMqException? Of(PushEntry item, ConsulMqException? error) => error?.Error == ConsulMqError.QueueFull
        ? new ConsulMqException(ConsulMqError.QueueFull, error.Message, item.Item.Message.Id)
        : error;
}

/// <summary>Pushes that go together in one transaction, or in several where the queue lets in only a part of them at once.</summary>
internal sealed class PushGroup(QueueContext context, Pusher pusher, PushTerms terms, PushFailure failure) : ICommitGroup<PushEntry, PushOutcome>
{
    /// <summary>So many messages that fail one after the other are reported before more are taken.</summary>
    private const int MaxItems = 4096;

    private readonly PushRun _run = new(pusher.RentBatch());
    private readonly PushSender _sender = new(context, pusher);

    /// <summary>Why the rest of the stream cannot be pushed: Consul failed while a body was uploaded.</summary>
    private ConsulMqException? _broken;

    private ConsulMqException? _error;

    public bool IsEmpty => _run.Items.Count == 0;

    public bool TryAdd(PushEntry item)
    {
        if (item.Error is null && _broken is not null)
            item = item with { Error = _broken };
        if (_run.Items.Count >= MaxItems || !_run.TryAdd(item, context.Index.CachedTail?.Settings ?? context.Index.Settings))
            return false;
        if (item.Breaks)
            _broken ??= item.Error;
        return true;
    }

    public async Task CommitAsync()
    {
        _error = failure.Error;
        if (_error is null)
        {
            try
            {
                await _sender.SendAsync(_run, terms).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure.Error = _error = Errors.Any(e, "push", context.Keys.Queue);
            }
        }

        _run.CoverAll();
    }

    public void MoveTo(Queue<PushOutcome> outcomes)
    {
        for (var i = 0; i < _run.Covered; i++)
        {
            var item = _run.Items[i];
            var failed = item.Error ?? PushFailure.Of(item, _error);
            var pushed = failed is null ? item.ToQueueObject(context) : null;
            if (pushed is null || pushed.IsDuplicate)
                RemoveUpload(item);
            outcomes.Enqueue(new PushOutcome(item.Tag, pushed, failed));
        }

        _run.RemoveCovered();
        if (_run.Items.Count > 0)
            return;
        failure.Error ??= _broken;
        _broken = null;
    }

    public void Clear()
    {
        foreach (var item in _run.Items)
            RemoveUpload(item);
        _run.Clear();
        _broken = null;
    }

    public void Release() => pusher.ReturnBatch(_run.Batch);

    /// <summary>Removes a body that came for nothing. Where nobody knows whether it did, this does nothing if it did not.</summary>
    private void RemoveUpload(PushEntry item)
    {
        if (item.Item.Upload is { } upload)
            context.Background.Add(BodyUploader.RemoveAsync(context, upload.Body.Id, upload.MarkIndex));
    }
}
