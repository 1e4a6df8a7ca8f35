using System.Diagnostics;

namespace ConsulMq.Workers;

/// <summary>
/// Leases messages, has them worked on, and settles them, until it is told to stop or its end has come. It holds no more messages than are worked on and
/// as many again, so that other workers get their share.
/// </summary>
internal sealed class Worker : IDisposable
{
    private static readonly TimeSpan OutagePause = TimeSpan.FromSeconds(1), LongestOutagePause = TimeSpan.FromSeconds(10);

    /// <summary>How long the end of the worker may take besides what runs: to give back, to stop, and to settle.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(3);

    private readonly MessageQueue _queue;
    private readonly WorkerOptions _options;
    private readonly Outlet _outlet;
    private readonly JobSlots _slots;
    private readonly Settler _settler;
    private readonly Random _random = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Cancelled a moment after <see cref="_stop"/>.</summary>
    private readonly CancellationTokenSource _leave = new();
    private readonly CancellationTokenRegistration _leaving;

    public Worker(MessageQueue queue, WorkerOptions options, JobSetup setup, Outlet outlet)
    {
        (_queue, _options, _outlet) = (queue, options, outlet);
        _settler = new Settler(queue, Settled, e => Warn($"Messages cannot be settled just now, which is tried on: {e.Message}"));
        _slots = new JobSlots(options.ThrottleLimit, () => new JobRunspace(setup, outlet), Finished, MayBegin);
        _leaving = _stop.Token.Register(() => _leave.CancelAfter(LastMoment));
    }

    /// <summary>What it has done so far.</summary>
    public WorkerTally Tally { get; } = new();

    /// <summary>How many messages are worked on.</summary>
    public int Running => _slots.Running;

    /// <summary>Works. Whatever comes, in the end nothing is in hand any more and the outlet is complete.</summary>
    /// <exception cref="ConsulMqException">It could not begin, or may not go on.</exception>
    public async Task RunAsync()
    {
        try
        {
            if (_options.Timeout is { TotalMilliseconds: < int.MaxValue } timeout)
                _stop.CancelAfter(timeout);
            using var consumer = _queue.OpenConsumer();
            try
            {
                await LeaseAsync(consumer).ConfigureAwait(false);
            }
            finally
            {
                await EndAsync(consumer).ConfigureAwait(false);
            }
        }
        finally
        {
            _outlet.Complete();
        }
    }

    /// <summary>Begins with no more messages from this moment on. <see cref="Stop"/> follows.</summary>
    public void Hold() => _slots.Hold();

    /// <summary>Begins with no more messages, and ends when those that are worked on are done or their time is over.</summary>
    public void Stop() => _stop.Cancel();

    /// <inheritdoc />
    public void Dispose()
    {
        _slots.Dispose();
        _settler.Dispose();
        // Waits for what the time-out may be doing at this moment.
        _leaving.Dispose();
        _stop.Dispose();
        _leave.Dispose();
    }

    /// <summary>The clock itself is asked: where all threads are busy, a timer goes off late.</summary>
    private bool MayBegin() => !_stop.IsCancellationRequested && !(_options.Timeout <= _clock.Elapsed);

    private async Task LeaseAsync(QueueConsumer consumer)
    {
        var hasBegun = false;
        var pause = TimeSpan.Zero;
        while (await RoomAsync().ConfigureAwait(false) is > 0 and var room)
        {
            try
            {
                var open = Tally.Open;
                // What is being leased when it is told to stop goes back with the rest, before it ends.
                var batch = await consumer.LeaseAsync(room, null, _leave.Token).ConfigureAwait(false);
                (hasBegun, pause) = (true, TimeSpan.Zero);
                foreach (var damage in batch.Damage)
                    _outlet.Post(cmdlet => cmdlet.WriteErrorAndGoOn(ErrorRecords.Of(damage, damage.Subject)));
                Tally.Add(batch.Items);
                if (batch.Items.Count > 0)
                    _slots.Add(batch.Items);
                else if (_options.StopWhenEmpty && open == 0 && Tally.UntilLastReturn == TimeSpan.Zero)
                    return;
                else
                    await WaitAsync(consumer).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Told to stop, or what was worked on is done and the queue is to be looked at again.
            }
            catch (ConsulMqException e) when (hasBegun && Outages.IsOne(e))
            {
                if (pause == TimeSpan.Zero)
                    Warn($"No messages can be taken just now, which is tried on: {e.Message}");
                pause = TimeSpan.FromTicks(Math.Min(LongestOutagePause.Ticks, Math.Max(OutagePause.Ticks, pause.Ticks * 2)));
                await Task.WhenAny(Task.Delay(pause, _stop.Token)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until there is room, and says for how many messages. Zero: there will be none any more.</summary>
    private async Task<int> RoomAsync()
    {
        using var stopped = new StopSignal(_stop.Token);
        while (!_stop.IsCancellationRequested)
        {
            var changed = Tally.Changed;
            var left = (_options.MaxItems ?? int.MaxValue) - Tally.Taken;
            if (left == 0 && Tally.Open == 0)
                break;
            if (Math.Min(left, _slots.Room) is > 0 and var room)
                return room;
            await Task.WhenAny(changed, stopped.Task).ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>The queue is empty: waits until it is not, or until it may be the time to end.</summary>
    private async Task WaitAsync(QueueConsumer consumer)
    {
        if (!_options.StopWhenEmpty)
        {
            await consumer.WaitAsync(Timeout.InfiniteTimeSpan, _stop.Token).ConfigureAwait(false);
            return;
        }

        using var look = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var waiting = consumer.WaitAsync(Timeout.InfiniteTimeSpan, look.Token);
        while (!waiting.IsCompleted)
        {
            var changed = Tally.Changed;
            var left = Tally.Open == 0 ? Tally.UntilLastReturn : Timeout.InfiniteTimeSpan;
            if (left == TimeSpan.Zero)
                look.Cancel();
            await Task.WhenAny(waiting, changed, Task.Delay(left, look.Token)).ConfigureAwait(false);
        }

        look.Cancel();
        await waiting.ConfigureAwait(false);
    }

    private async Task EndAsync(QueueConsumer consumer)
    {
        // First of all, what nobody works on goes back: others can have it while the rest comes to its end.
        var rest = _slots.End();
        var back = rest.Count == 0 ? Task.CompletedTask : GiveBackAsync(consumer, rest);
        if (!await _slots.EndedAsync(_options.GracePeriod).ConfigureAwait(false))
        {
            _slots.Stop();
            await _slots.EndedAsync(LastMoment).ConfigureAwait(false);
        }

        for (var changed = Tally.Changed; Tally.Finishing > 0; changed = Tally.Changed)
            await changed.ConfigureAwait(false);
        await _settler.EndAsync(LastMoment).ConfigureAwait(false);
        await Task.WhenAny(back, Task.Delay(LastMoment)).ConfigureAwait(false);
    }

    private async Task GiveBackAsync(QueueConsumer consumer, IReadOnlyList<QueueObject> items)
    {
        try
        {
            await consumer.PutBackAsync(items, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ConsulMqException e)
        {
            Warn($"{items.Count} messages could not be given back and come back when their leases end: {e.Message}");
        }
    }

    /// <summary>A script block has come to its end. The message is settled when its output has gone down the pipeline.</summary>
    private void Finished(Job job)
    {
        var delay = TimeSpan.Zero;
        if (job.Failure is not null)
        {
            lock (_random)
                delay = Backoff.After(_options.RetryDelay, job.Item.DeliveryCount, _random.NextDouble());
        }

        job.Settlement = Settlement.Of(job.Failure is null ? SettlementKind.Complete : SettlementKind.Return, job.Item) with
        {
            Delay = delay,
            Reason = job.Failure is null ? null : JobErrors.Reason(job.Failure),
        };
        Tally.Finished();
        var isSettled = false;
        var isPassedOn = new ManualResetEventSlim();
        _outlet.Post(null, then: () =>
        {
            // Its script block may have settled it itself, or who got its output.
            isSettled = job.Item.IsSettled;
            if (!isSettled)
                _settler.Add(job);
            Tally.Settling();
            isPassedOn.Set();
        });
        // Not before that the next one: else a pipeline that ends early would let go of the output of many.
        isPassedOn.Wait();
        if (isSettled)
            SettledByItsBlock(job);
    }

    private void SettledByItsBlock(Job job)
    {
        if (job.Failure is null)
        {
            _outlet.Post(cmdlet => cmdlet.WriteVerbose($"Message {job.Item.Id} was settled by its script block."));
            Tally.Completed();
            return;
        }

        _outlet.Post(cmdlet => cmdlet.WriteErrorAndGoOn(JobErrors.Failed(job, "Its script block had settled it before, and that stays.")));
        Tally.Returned(job.Item.Id, null);
    }

    private void Settled(Job job, SettleOutcome outcome)
    {
        if (job.Failure is null && outcome.Error is null)
        {
            _outlet.Post(cmdlet => cmdlet.WriteVerbose($"Message {job.Item.Id} is done."));
            Tally.Completed();
            return;
        }

        if (outcome.Error is { } error)
            _outlet.Post(cmdlet => cmdlet.WriteErrorAndGoOn(ErrorRecords.Of(error, job.Item)));
        if (job.Failure is not null)
            _outlet.Post(cmdlet => cmdlet.WriteErrorAndGoOn(JobErrors.Failed(job, Consequence(job, outcome))));
        Tally.Returned(job.Item.Id, outcome.Error is null && !outcome.IsDeadLetter ? job.Settlement!.Delay : null);
    }

    private string Consequence(Job job, SettleOutcome outcome) => outcome switch
    {
        { Error: not null } => "It could not be given back.",
        { IsDeadLetter: true } => $"It is a dead letter now, in '{_queue.Name}.dead'.",
        _ => $"It comes back in {(job.Settlement!.Delay < TimeSpan.FromSeconds(1) ? "less than a second" : Format.Duration(TimeSpan.FromSeconds(Math.Ceiling(job.Settlement!.Delay.TotalSeconds))))}.",
    };

    private void Warn(string text) => _outlet.Post(cmdlet => cmdlet.WriteWarning(text));
}
