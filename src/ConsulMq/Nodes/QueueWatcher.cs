using ConsulMq.Consul;
using ConsulMq.Diagnostics;

namespace ConsulMq.Nodes;

/// <summary>
/// Keeps a check of a queue up to date: looks when the queue has changed, when a message gets too old, and every few minutes; at most once a second, and where
/// counting takes long, a small part of the time.
/// </summary>
internal sealed class QueueWatcher : IAgentService
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks it rests for so many times as long as the last one took.</summary>
    private const int Rest = 10;

    private readonly MessageQueue _queue;
    private readonly ConnectionSettings _settings;
    private readonly QueueChanges _changes;
    private readonly AgentService _service;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private QueueVerdict _verdict;
    private ConsulMqQueue? _seen;

    public QueueWatcher(MessageQueue queue, QueueThresholds thresholds, IConsul consul, ConnectionSettings settings)
    {
        (_queue, Thresholds, _settings) = (queue, thresholds, settings);
        var registration = QueueCheckRecord.Of(queue.Name, settings);
        CheckId = registration.Checks[QueueCheckRecord.State].Id;
        _changes = new QueueChanges(consul, settings.Clock, $"{settings.Prefix}/{queue.Name}/");
        // One that keeps nothing through a restart may have lost the queue as well.
        _service = new AgentService(consul, settings, registration) { Lost = _changes.Forget };
    }

    public string Queue => _queue.Name;

    public string CheckId { get; }

    public string ServiceId => _service.Id;

    public QueueThresholds Thresholds { get; }

    public bool IsEnded => _stop.IsCancellationRequested;

    /// <summary>How the queue was at the last look.</summary>
    public QueueVerdict Verdict
    {
        get
        {
            lock (_gate)
                return _verdict;
        }
    }

    /// <summary>Looks for the first time, registers, and goes on from then on.</summary>
    /// <exception cref="ConsulMqException">It cannot be counted, or not be registered.</exception>
    public async Task StartAsync()
    {
        try
        {
            await _changes.RearmAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (ConsulException e)
        {
            throw Queueing.Errors.From(e);
        }

        await LookAsync().ConfigureAwait(false);
        try
        {
            await _service.StartAsync(isPatient: false).ConfigureAwait(false);
        }
        catch (ConsulException e)
        {
            throw AgentErrors.Register(e, QueueCheckRecord.Service);
        }

        _ = OperationLog.Apart(this, static self => self.WatchAsync());
    }

    /// <inheritdoc />
    public Task EndAsync()
    {
        _stop.Cancel();
        return _service.EndAsync();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _service.Dispose();
    }

    private async Task WatchAsync()
    {
        TimeSpan? failingSince = null;
        var took = TimeSpan.Zero;
        while (!IsEnded)
        {
            try
            {
                await RestAsync(took).ConfigureAwait(false);
                if (failingSince is null)
                    await WaitAsync().ConfigureAwait(false);
                await _changes.RearmAsync(_stop.Token).ConfigureAwait(false);
                var start = _settings.Clock.Elapsed;
                await LookAsync().ConfigureAwait(false);
                took = _settings.Clock.Elapsed - start;
                failingSince = null;
            }
            catch (Exception e) when (e is ConsulException or ConsulMqException)
            {
                failingSince ??= _settings.Clock.Elapsed;
                if (_settings.Clock.Elapsed - failingSince >= _settings.CheckTtl)
                    Set(new QueueVerdict(CheckStatus.Critical, $"{Queue}: cannot be counted: {e.Message}"));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Nobody else would ever say that nothing is watched any more, and what was said last would stand.
                Set(new QueueVerdict(CheckStatus.Critical, $"{Queue}: is not watched any more: {e.Message}"));
                throw;
            }
        }
    }

    private Task RestAsync(TimeSpan took)
    {
        var rest = TimeSpan.FromTicks(Math.Min(Math.Max(took.Ticks * Rest, ShortestInterval.Ticks), TimeSpan.FromMinutes(1).Ticks));
        return _settings.Clock.Delay(rest, _stop.Token);
    }

    /// <summary>Waits for the next look. What is known grows older meanwhile, which is told without one for as long as it changes nothing.</summary>
    private async Task WaitAsync()
    {
        while (true)
        {
            var now = _settings.Clock.UtcNow;
            var older = QueueVerdict.Of(Queue, _seen, Thresholds, now);
            if (older.Status != Verdict.Status)
                return;
            Set(older);
            var time = _settings.CheckTtl;
            if (QueueVerdict.NextChange(_seen, Thresholds, now) is { } next && next < time)
                time = next + TimeSpan.FromMilliseconds(1);
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var over = _settings.Clock.Delay(time, timer.Token);
            var changed = _changes.NextAsync(_stop.Token);
            var first = await Task.WhenAny(over, changed).ConfigureAwait(false);
            timer.Cancel();
            _stop.Token.ThrowIfCancellationRequested();
            if (first != changed)
                continue;
            await changed.ConfigureAwait(false);
            return;
        }
    }

    private async Task LookAsync()
    {
        _seen = await _queue.SummaryAsync(_stop.Token).ConfigureAwait(false);
        Set(QueueVerdict.Of(Queue, _seen, Thresholds, _settings.Clock.UtcNow));
    }

    private void Set(QueueVerdict verdict)
    {
        lock (_gate)
            _verdict = verdict;
        _service.Report(QueueCheckRecord.State, verdict.Status, verdict.Output);
    }
}
