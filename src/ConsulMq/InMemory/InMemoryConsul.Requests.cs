using System.Runtime.ExceptionServices;
using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <content>How a request runs: one at a time, what is due first, and what it wakes only after the lock is let go.</content>
public sealed partial class InMemoryConsul
{
    private Task<T> Request<T>(Func<T> run, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellation);
        Interlocked.Increment(ref _requests);
        try
        {
            return Task.FromResult(Exclusively(run));
        }
        catch (ConsulException refused)
        {
            return Task.FromException<T>(refused);
        }
    }

    private T Exclusively<T>(Func<T> run)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        List<Waiter>? woken;
        lock (_gate)
        {
            DoWhatIsDue();
            try
            {
                result = run();
            }
            catch (ConsulException refused)
            {
                failure = ExceptionDispatchInfo.Capture(refused);
            }
            woken = _waiters.TakeWoken();
        }
        if (woken is not null)
            foreach (var waiter in woken)
                waiter.Wake();
        failure?.Throw();
        return result;
    }

    private Task<T> ReadAsync<T>(Watch watch, ReadOptions options, Func<T> look, Func<T, ulong> indexOf, CancellationToken cancellation)
        where T : class
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellation);
        Interlocked.Increment(ref _requests);
        try
        {
            var (result, waiter) = Exclusively(() => Look(watch, options.WaitIndex, look, indexOf));
            return waiter is null ? Task.FromResult(result) : BlockAsync(waiter, result, options, look, indexOf, cancellation);
        }
        catch (ConsulException refused)
        {
            return Task.FromException<T>(refused);
        }
    }

    /// <summary>Looks, and leaves a waiter if there is nothing above the index yet: nothing can change between the two.</summary>
    private (T Result, Waiter? Waiter) Look<T>(Watch watch, ulong waitIndex, Func<T> look, Func<T, ulong> indexOf)
    {
        var result = look();
        return (result, waitIndex == 0 || indexOf(result) > waitIndex ? null : _waiters.Add(watch));
    }

    private async Task<T> BlockAsync<T>(Waiter waiter, T result, ReadOptions options, Func<T> look, Func<T, ulong> indexOf, CancellationToken cancellation)
        where T : class
    {
        var wait = options.WaitTime > TimeSpan.Zero ? options.WaitTime : DefaultWait;
        var deadline = Now + (wait < LongestWait ? wait : LongestWait);
        Waiter? waiting = waiter;
        try
        {
            while (waiting is not null && Now < deadline)
            {
                await SleepAsync(waiting, deadline, cancellation).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                var last = waiting;
                (result, waiting) = Exclusively(() =>
                {
                    _waiters.Remove(last);
                    return Look(last.Watch, options.WaitIndex, look, indexOf);
                });
            }
            return result;
        }
        finally
        {
            if (waiting is not null)
                lock (_gate)
                    _waiters.Remove(waiting);
        }
    }

    /// <summary>Until the waiter is woken, the deadline is there, something is due, or the query is cancelled.</summary>
    private async Task SleepAsync(Waiter waiter, TimeSpan deadline, CancellationToken cancellation)
    {
        TimeSpan until;
        lock (_gate)
            until = NextDue() is { } due && due < deadline ? due : deadline;
        var delay = until - Now;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(waiter.Woken, _options.Clock.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, stop.Token)).ConfigureAwait(false);
        stop.Cancel();
    }

    private TimeSpan? NextDue()
    {
        var session = _sessions.NextDue()?.Due;
        var check = _agent.NextDue();
        return session is null || check < session ? check : session;
    }

    private void DoWhatIsDue()
    {
        var now = Now;
        if (_kv.Reap(now))
            NextIndex();
        while (_sessions.NextDue() is { } session && session.Due <= now)
            EndSession(session.Id);
        while (_agent.NextDue() <= now)
            if (_agent.DoWhatIsDue(now, _raftIndex + 1) is { } service)
            {
                NextIndex();
                _waiters.Mark(new Watch(WatchKind.Service, service));
            }
    }
}
