using System.Collections.Concurrent;
using System.Diagnostics;
using ConsulMq.TestSupport.Cluster;

namespace ConsulMq.Module.Tests.Cluster;

/// <summary>
/// Measures for how long nothing is served: pushes a message and writes a key every few milliseconds, at one member, which is to be one that stays. The
/// pushes wait for one another, as those of a script; the writes of keys do not, as they show what Consul itself can do.
/// </summary>
internal sealed class ServiceProbe : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ModuleRunspace _session = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<(int Target, long Called, long Done)> _pushes = [];
    private readonly ConcurrentBag<(int Target, long Called, long Done)> _writes = [];
    private readonly ConcurrentDictionary<Task, bool> _open = [];
    private readonly IReadOnlyList<ConsulMember> _members;
    private readonly object[] _connections;
    private readonly string _key;
    private readonly Task _work;
    private volatile int _target;

    public ServiceProbe(IReadOnlyList<ConsulMember> members, string prefix)
    {
        (_members, _key) = (members, $"{prefix}-probe");
        _connections = [.. members.Select(m => _session.Run($"Connect-ConsulMq {m.Address} -Prefix '{prefix}' -Timeout 2m -NoRegister").Values.Single())];
        _work = Task.WhenAll(Task.Factory.StartNew(Push, TaskCreationOptions.LongRunning), WriteAsync());
    }

    /// <summary>Asks this member from now on, and returns when it has answered.</summary>
    public async Task UseAsync(int member)
    {
        var since = Stopwatch.GetTimestamp();
        _target = member;
        _pushes.Clear();
        _writes.Clear();
        await Task.WhenAll(FirstAsync(_pushes, since), FirstAsync(_writes, since));
    }

    /// <summary>How long it took from this moment on until a push that began after it was done.</summary>
    public Task<TimeSpan> PushedAsync(long since) => FirstAsync(_pushes, since);

    /// <summary>The same for a key written past the queue.</summary>
    public Task<TimeSpan> WrittenAsync(long since) => FirstAsync(_writes, since);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        await Task.WhenAll(_open.Keys);
        _session.Dispose();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task<TimeSpan> FirstAsync(ConcurrentBag<(int Target, long Called, long Done)> done, long since)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience)
        {
            if (done.Where(one => one.Target == _target && one.Called >= since).Select(static one => one.Done).DefaultIfEmpty(0).Min() is > 0 and var at)
                return Stopwatch.GetElapsedTime(since, at);
            if (_work.IsFaulted)
                await _work;
            await Task.Delay(Pause);
        }

        throw new TimeoutException($"Nothing was served within {Patience.TotalMinutes} minutes.");
    }

    private void Push()
    {
        while (!_stop.Token.WaitHandle.WaitOne(Pause))
        {
            var target = _target;
            var called = Stopwatch.GetTimestamp();
            using var shell = _session.CreateShell();
            shell.AddCommand("Push-ConsulMqItem").AddParameter("Queue", "probe").AddParameter("InputObject", "x").AddParameter("Connection", _connections[target]).Invoke();
            if (!shell.HadErrors)
                _pushes.Add((target, called, Stopwatch.GetTimestamp()));
        }
    }

    private async Task WriteAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var write = WriteOnceAsync(_target);
            _open.TryAdd(write, true);
            _ = write.ContinueWith(done => _open.TryRemove(done, out _), TaskScheduler.Default);
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteOnceAsync(int target)
    {
        var called = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await _http.PutAsync($"{_members[target].Address}/v1/kv/{_key}", new StringContent("x"), _stop.Token);
            if (answer.IsSuccessStatusCode)
                _writes.Add((target, called, Stopwatch.GetTimestamp()));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // Not served.
        }
    }
}
