namespace ConsulMq.Workers;

/// <summary>The messages that a worker holds: those that wait, and those that are worked on, so many at a time.</summary>
/// <param name="count">How many are worked on at the same time.</param>
/// <param name="open">Makes a runspace.</param>
/// <param name="finished">Told of a message when its script block has come to its end, on a thread of its own; the next one begins after that.</param>
/// <param name="mayBegin">Whether it is not too late to begin with a message.</param>
internal sealed class JobSlots(int count, Func<JobRunspace> open, Action<Job> finished, Func<bool> mayBegin) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<QueueObject> _waiting = new();
    private readonly Stack<JobRunspace> _idle = new();
    private readonly HashSet<JobRunspace> _busy = [];
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isHeld, _isEnding, _isDisposed;

    /// <summary>How many messages are worked on.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
                return _busy.Count;
        }
    }

    /// <summary>
    /// How many more messages there is room for: one for each runspace that is idle, and as many again to go on with; none before half of those are
    /// used up, so that they come by the handful.
    /// </summary>
    public int Room
    {
        get
        {
            lock (_gate)
                return _waiting.Count > count / 2 ? 0 : count + (count - _busy.Count) - _waiting.Count;
        }
    }

    /// <summary>Takes messages in and begins with them.</summary>
    public void Add(IEnumerable<QueueObject> items)
    {
        lock (_gate)
        {
            foreach (var item in items)
                _waiting.Enqueue(item);
            Start();
        }
    }

    /// <summary>Begins with no more messages.</summary>
    public void Hold()
    {
        lock (_gate)
            _isHeld = true;
    }

    /// <summary>Begins with no more messages, and says which ones waited.</summary>
    public IReadOnlyList<QueueObject> End()
    {
        lock (_gate)
        {
            _isHeld = _isEnding = true;
            if (_busy.Count == 0)
                _ended.TrySetResult(true);
            QueueObject[] rest = [.. _waiting];
            _waiting.Clear();
            return rest;
        }
    }

    /// <summary>Waits, after <see cref="End"/>, for the script blocks that run.</summary>
    /// <returns>False: some still run after that time.</returns>
    public async Task<bool> EndedAsync(TimeSpan patience) => await Task.WhenAny(_ended.Task, Task.Delay(patience)).ConfigureAwait(false) == _ended.Task;

    /// <summary>Stops the script blocks that run, without waiting for them.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            foreach (var runspace in _busy)
                runspace.Stop();
        }
    }

    /// <summary>Closes the runspaces; one that cannot be stopped, when its script block has come to its end after all.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_idle.Count > 0)
                _idle.Pop().Dispose();
        }
    }

    private void Start()
    {
        for (var starting = _isHeld || !mayBegin() ? 0 : Math.Min(_waiting.Count, count - _busy.Count); starting > 0; starting--)
        {
            var runspace = _idle.Count > 0 ? _idle.Pop() : open();
            _busy.Add(runspace);
            var job = new Job(_waiting.Dequeue());
            // Opening a runspace and waiting for a script block are no work for the pool's own threads.
            _ = Task.Factory.StartNew(() => Run(runspace, job), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Run(JobRunspace runspace, Job first)
    {
        for (Job? job = first; job is not null; job = Next(runspace))
        {
            job.Failure = runspace.Run(job.Item);
            finished(job);
        }
    }

    /// <summary>The next message for this runspace; null: it is idle.</summary>
    private Job? Next(JobRunspace runspace)
    {
        lock (_gate)
        {
            if (!_isHeld && _waiting.Count > 0 && mayBegin())
                return new Job(_waiting.Dequeue());
            _busy.Remove(runspace);
            if (_isDisposed)
                runspace.Dispose();
            else
                _idle.Push(runspace);
            if (_isEnding && _busy.Count == 0)
                _ended.TrySetResult(true);
            return null;
        }
    }
}
