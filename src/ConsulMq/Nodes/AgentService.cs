using ConsulMq.Consul;
using ConsulMq.Diagnostics;

namespace ConsulMq.Nodes;

/// <summary>
/// A service of this process at the local agent, kept alive: its checks are reported three times in their TTL, and at once when their state changes. An agent
/// that has lost it, as one without a data folder does when it restarts, gets it again. It ends with <see cref="EndAsync"/>.
/// </summary>
/// <param name="consul">The agent.</param>
/// <param name="settings">The clock, and how those who wait go on.</param>
/// <param name="registration">The service. All of its checks have the same TTL.</param>
internal sealed class AgentService(IConsul consul, ConnectionSettings settings, ServiceRegistration registration) : IAgentService
{
    private const int ReportsInTtl = 3;

    private static readonly TimeSpan OutagePause = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly TaskCompletionSource<bool> _first = new(settings.Continuations);
    private readonly (CheckStatus Status, string? Output)[] _states = [.. registration.Checks.Select(static check => (check.Status, (string?)null))];
    private TaskCompletionSource<bool>? _changed;
    private Task? _keeping;
    private bool _isThere;
    private bool _mayBeThere;

    /// <summary>Its ID at the agent.</summary>
    public string Id => registration.Id;

    /// <summary>Called when the agent turns out to have lost it.</summary>
    public Action? Lost { get; init; }

    /// <summary>Begins to register it and to keep it.</summary>
    /// <param name="isPatient">Whether it goes on trying where the agent does not answer at first. Where the agent refuses, it never does.</param>
    /// <returns>Completes when it is registered for the first time, or is not going to be: with a <see cref="ConsulException"/>. To be awaited once.</returns>
    public Task StartAsync(bool isPatient)
    {
        _keeping = OperationLog.Apart((Self: this, IsPatient: isPatient), static x => x.Self.KeepAsync(x.IsPatient));
        return _first.Task;
    }

    /// <summary>Changes the state of a check.</summary>
    /// <param name="check">Which of the registration's, from 0 on.</param>
    /// <param name="status">How it is.</param>
    /// <param name="output">Why.</param>
    public void Report(int check, CheckStatus status, string output)
    {
        TaskCompletionSource<bool>? changed;
        lock (_gate)
        {
            if (_states[check] == (status, output))
                return;
            _states[check] = (status, output);
            changed = _changed;
        }

        changed?.TrySetResult(true);
    }

    /// <inheritdoc />
    public async Task EndAsync()
    {
        _stop.Cancel();
        try
        {
            if (_keeping is not null)
                await _keeping.ConfigureAwait(false);
            if (_mayBeThere)
                await consul.DeregisterServiceAsync(Id, _abandon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConsulException or OperationCanceledException or ObjectDisposedException)
        {
            // Consul turns it critical after its TTL and removes it later.
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        _abandon.Cancel();
        _stop.Dispose();
        _abandon.Dispose();
    }

    private async Task KeepAsync(bool isPatient)
    {
        var interval = TimeSpan.FromTicks(registration.Checks.Min(static check => check.Ttl).Ticks / ReportsInTtl);
        while (!_stop.IsCancellationRequested)
        {
            var changed = Listen();
            try
            {
                await TellAsync().ConfigureAwait(false);
                _first.TrySetResult(true);
                await PauseAsync(interval, changed).ConfigureAwait(false);
            }
            catch (ConsulException e)
            {
                // Who was refused at first, is told so and may not do it later either. Afterwards it goes on: tokens and agents come back.
                if (!(isPatient && e.IsTransient) && _first.TrySetException(e))
                    return;
                await PauseAsync(e.IsTransient && OutagePause < interval ? OutagePause : interval, null).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                break;
            }
        }

        _first.TrySetCanceled();
    }

    /// <summary>A new signal, before the states are read: what changes afterwards sets it.</summary>
    private Task<bool> Listen()
    {
        lock (_gate)
            return (_changed = new TaskCompletionSource<bool>(settings.Continuations)).Task;
    }

    private async Task TellAsync()
    {
        try
        {
            if (!_isThere)
                await RegisterAsync().ConfigureAwait(false);
            else
                await ReportAsync(always: true).ConfigureAwait(false);
        }
        catch (ConsulException e) when (_isThere && e.Fault is ConsulFault.Rejected or ConsulFault.ServerError)
        {
            // The agent does not know the check.
            _isThere = false;
            Lost?.Invoke();
            await RegisterAsync().ConfigureAwait(false);
        }
    }

    private async Task RegisterAsync()
    {
        var states = States();
        _mayBeThere = true;
        var checks = registration.Checks.Select((check, i) => check with { Status = states[i].Status }).ToArray();
        await consul.RegisterServiceAsync(registration with { Checks = checks }, _abandon.Token).ConfigureAwait(false);
        await ReportAsync(always: _first.Task.IsCompleted).ConfigureAwait(false);
        _isThere = true;
    }

    /// <summary>Reports the checks: all, or those that have something to say beyond how they were registered.</summary>
    private async Task ReportAsync(bool always)
    {
        var states = States();
        for (var i = 0; i < states.Length; i++)
        {
            if (always || states[i].Output is not null)
                await consul.UpdateCheckAsync(registration.Checks[i].Id, states[i].Status, states[i].Output, _abandon.Token).ConfigureAwait(false);
        }
    }

    private (CheckStatus Status, string? Output)[] States()
    {
        lock (_gate)
            return [.. _states];
    }

    private async Task PauseAsync(TimeSpan time, Task? changed)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var over = settings.Clock.Delay(time, timer.Token);
        if (changed is not null)
            await Task.WhenAny(over, changed).ConfigureAwait(false);
        else
            await Task.WhenAny(over).ConfigureAwait(false);
        timer.Cancel();
    }
}
