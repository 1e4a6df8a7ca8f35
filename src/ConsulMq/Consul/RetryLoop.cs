using System.Runtime.ExceptionServices;
using ConsulMq.Diagnostics;

namespace ConsulMq.Consul;

/// <summary>Tries, and tries again, within a budget. Waits on the clock alone, so a simulation can run it on virtual time.</summary>
internal sealed class RetryLoop(string address, Clock clock, Func<double> random, RetryPolicy policy, Func<string, string>? scope = null)
{
    private volatile bool _answered;
    private volatile ConsulException? _trouble;

    /// <summary>What is wrong with Consul at the moment: the last request failed, and is tried again. Null: nothing, as far as is known.</summary>
    public ConsulException? Trouble => _trouble;

    /// <summary>Runs a request that may be repeated after any passing fault.</summary>
    /// <param name="state">Given to <paramref name="request"/>.</param>
    /// <param name="request">Sends once.</param>
    /// <param name="options">Tells whether it blocks: each try may then take its wait besides the budget.</param>
    /// <param name="cancellation">Ends it all.</param>
    public Task<T> ReadAsync<TState, T>(TState state, Func<TState, CancellationToken, Task<T>> request, ReadOptions options, CancellationToken cancellation) =>
        RunAsync(state, request, true, options.WaitIndex > 0, cancellation);

    /// <summary>Runs a request that may be repeated only if it certainly did nothing.</summary>
    public Task<T> WriteAsync<TState, T>(TState state, Func<TState, CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        RunAsync(state, request, false, false, cancellation);

    private async Task<T> RunAsync<TState, T>(TState state, Func<TState, CancellationToken, Task<T>> request, bool repeatable, bool blocks, CancellationToken cancellation)
    {
        var start = clock.Elapsed;
        var delay = policy.FirstDelay;
        ConsulException? fault = null;
        while (true)
        {
            var sent = clock.Elapsed;
            try
            {
                var call = fault is null || blocks
                    ? request(state, cancellation)
                    : WithinAsync(state, request, Budget(fault) - (sent - start), repeatable ? fault : null, cancellation);
                var result = await call.ConfigureAwait(false);
                _answered = true;
                if (_trouble is not null)
                    _trouble = null;
                return result;
            }
            catch (ConsulException e)
            {
                // Consul said something, if only no: the address is right.
                if (e.Fault is ConsulFault.NoLeader or ConsulFault.ServerError or ConsulFault.TooManyRequests or ConsulFault.AclDenied)
                    _answered = true;
                if (e.Missing is { IsKey: true, Resource: { } key } missing && scope is not null)
                    e.Missing = missing with { Resource = scope(key) };
                if (!e.IsTransient || (e.MayHaveCommitted && !repeatable))
                    throw;
                fault = _trouble = e;
            }

            // A query that was blocked has not lost that time; one that found nobody has.
            if (blocks && fault.Fault != ConsulFault.Unreachable)
                start += clock.Elapsed - sent;
            var pause = TimeSpan.FromTicks((long)(delay.Ticks * random()));
            if (clock.Elapsed - start + pause >= Budget(fault))
                ExceptionDispatchInfo.Capture(fault).Throw();
            OperationLog.Steps?.Step($"{fault.Message} Trying again in {OperationLog.Milliseconds(pause)}.");
            await clock.Delay(pause, cancellation).ConfigureAwait(false);
            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, policy.LongestDelay.Ticks));
        }
    }

    /// <summary>Repeats a request, but not past the budget. The first try has the request's own time-out.</summary>
    private async Task<T> WithinAsync<TState, T>(TState state, Func<TState, CancellationToken, Task<T>> request, TimeSpan left, ConsulException? fault, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var call = request(state, stop.Token);
        var limit = clock.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, answered.Token);
        var first = await Task.WhenAny(call, limit).ConfigureAwait(false);
        (first == call ? answered : stop).Cancel();
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            // A write was on its way when the time was up.
            throw new ConsulException(fault?.Fault ?? ConsulFault.Timeout, address, fault is null, fault?.Message ?? $"Consul at {address} gave no answer in time.", e);
        }
    }

    private TimeSpan Budget(ConsulException fault) => !_answered && fault.Fault == ConsulFault.Unreachable && policy.FirstContact < policy.Timeout
        ? policy.FirstContact
        : policy.Timeout;
}
