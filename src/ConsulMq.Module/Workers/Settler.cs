namespace ConsulMq.Workers;

/// <summary>
/// Settles the messages of a worker: what is ready while a write is under way goes together with the next one. While Consul does not answer it is tried
/// on, so that no work is done again for want of a completion; the lease decides whether it was in time.
/// </summary>
/// <param name="queue">Their queue.</param>
/// <param name="settled">Told of each that was settled, or never will be.</param>
/// <param name="warn">Told that Consul does not answer.</param>
internal sealed class Settler(MessageQueue queue, Action<Job, SettleOutcome> settled, Action<ConsulMqException> warn) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly CancellationTokenSource _giveUp = new();
    private List<Job> _gathered = [];
    private Task _sending = Task.CompletedTask;
    private bool _isSending, _isDisposed;

    /// <summary>Takes in a message with its settlement. Returns at once.</summary>
    public void Add(Job job)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _gathered.Add(job);
                if (_isSending)
                    return;
                _isSending = true;
                _sending = Task.Run(SendAsync);
                return;
            }
        }

        settled(job, NoAnswer(job));
    }

    /// <summary>Returns when all are settled, or the time is over and the rest are given up.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        _giveUp.CancelAfter(patience);
        Task sending;
        lock (_gate)
            sending = _sending;
        await sending.ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
            _isDisposed = true;
        _giveUp.Dispose();
    }

    private async Task SendAsync()
    {
        var isAway = false;
        while (Take() is { } jobs)
        {
            var open = await SettleAsync(jobs).ConfigureAwait(false);
            if (open.Count == 0)
            {
                isAway = false;
                continue;
            }

            if (!isAway)
                warn(open[0].Outcome.Error!);
            isAway = true;
            if (_giveUp.IsCancellationRequested)
                open.ForEach(one => settled(one.Job, one.Outcome));
            else
                await RetryLaterAsync(open).ConfigureAwait(false);
        }
    }

    /// <summary>Settles them; returns those of which nobody knows.</summary>
    private async Task<List<(Job Job, SettleOutcome Outcome)>> SettleAsync(List<Job> jobs)
    {
        var open = new List<(Job Job, SettleOutcome Outcome)>();
        // A stream of its own for each round: whatever has failed in the last one, this one begins anew.
        using var stream = queue.OpenSettle();
        var answered = new HashSet<Job>();
        try
        {
            foreach (var job in jobs)
                await stream.AddAsync(job.Settlement!, job, _giveUp.Token).ConfigureAwait(false);
            await stream.FlushAsync(_giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Given up, or the connection was ended. What has an outcome has it.
        }

        while (stream.TryTake(out var outcome))
        {
            var job = (Job)outcome.Tag!;
            answered.Add(job);
            if (outcome.Error is { } error && Outages.IsOne(error))
                open.Add((job, outcome));
            else
                settled(job, outcome);
        }

        open.AddRange(jobs.Where(job => !answered.Contains(job)).Select(static job => (job, NoAnswer(job))));
        return open;
    }

    private static SettleOutcome NoAnswer(Job job) => new(job, false, new ConsulMqException(ConsulMqError.OutcomeUnknown,
        $"The worker ended before Consul had confirmed what becomes of message {job.Item.Id}. If it was not in time, the message comes back when its lease ends.", job.Item));

    private async Task RetryLaterAsync(List<(Job Job, SettleOutcome Outcome)> open)
    {
        try
        {
            await Task.Delay(Pause, _giveUp.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Once more, at once: the last time.
        }

        lock (_gate)
            _gathered.InsertRange(0, open.Select(static one => one.Job));
    }

    private List<Job>? Take()
    {
        lock (_gate)
        {
            if (_gathered.Count == 0)
            {
                _isSending = false;
                return null;
            }

            var jobs = _gathered;
            _gathered = [];
            return jobs;
        }
    }
}
