using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;

namespace ConsulMq.Queueing;

/// <summary>
/// The sessions of a connection: one for all that is leased while it lives, renewed three times in its TTL, and one for each lease of a duration, which
/// nobody renews by himself.
/// </summary>
internal sealed class SessionKeeper(IConsul consul, ConnectionSettings settings) : IDisposable
{
    /// <summary>After so long without a lease the session is given up; the next lease makes another.</summary>
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(1);

    /// <summary>The shortest TTL that Consul takes.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    private readonly AsyncGate _gate = new(settings.Continuations);
    private readonly CancellationTokenSource _stop = new();
    private volatile LeaseSession? _current;

    /// <summary>The session of this connection. A new one if there is none, or if it was lost.</summary>
    public async Task<LeaseSession> CurrentAsync(CancellationToken cancellation)
    {
        if (Usable() is { } usable)
            return usable;
        using (await _gate.EnterAsync().ConfigureAwait(false))
        {
            if (Usable() is { } meanwhile)
                return meanwhile;
            var session = await CreateAsync(Ttl, null, cancellation).ConfigureAwait(false);
            _current = session;
            _ = OperationLog.Apart((Keeper: this, Session: session), static x => x.Keeper.KeepAsync(x.Session));
            return session;
        }
    }

    /// <summary>A session of its own for a lease that lasts so long whatever becomes of this process.</summary>
    public Task<LeaseSession> CreateAsync(TimeSpan duration, CancellationToken cancellation) => CreateAsync(duration, duration, cancellation);

    /// <summary>Ends a session that holds nothing any more. Whether that works does not matter: its time ends too.</summary>
    public async Task EndAsync(string session)
    {
        try
        {
            await consul.DestroySessionAsync(session, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ConsulException)
        {
            // It ends by itself.
        }
    }

    /// <summary>Ends the connection's session at once, so that what it still holds goes back without delay.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        if (_current is { IsLost: false } session)
        {
            session.IsLost = true;
            EndAsync(session.Id).Wait(TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>
    /// What Consul is told. It ends a session two TTLs after the last renewal, not between one and two as it says; who waits needs a moment more, and in all
    /// it is to be less than two of the TTLs that were asked for.
    /// </summary>
    private TimeSpan Ttl => TimeSpan.FromTicks(Math.Max(settings.SessionTtl.Ticks / 10 * 9, Shortest.Ticks));

    private LeaseSession? Usable()
    {
        if (_current is not { IsLost: false } session)
            return null;
        session.UsedAt = settings.Clock.Elapsed;
        return session;
    }

    private async Task<LeaseSession> CreateAsync(TimeSpan ttl, TimeSpan? duration, CancellationToken cancellation)
    {
        // Before the request: the lease lasts at least as long as it says.
        var expiresAt = settings.Clock.UtcNow + duration;
        var id = await consul.CreateSessionAsync(
            new SessionRequest
            {
                Name = "consulmq " + settings.ClientName,
                Ttl = ttl,
                Behavior = SessionBehavior.Release,
                // Whoever lives and renews keeps what it holds, also while the agent that it once asked is away.
                IgnoresNodeHealth = true,
            },
            cancellation).ConfigureAwait(false);
        OperationLog.Steps?.Step($"Created session {id} (TTL {ttl.TotalSeconds:0.#} s) to lease under, {OperationLog.Steps?.Took}.");
        return new LeaseSession(id, duration, expiresAt) { UsedAt = settings.Clock.Elapsed };
    }

    private async Task KeepAsync(LeaseSession session)
    {
        var interval = TimeSpan.FromTicks(Ttl.Ticks / 3);
        try
        {
            while (!session.IsLost)
            {
                await settings.Clock.Delay(interval, _stop.Token).ConfigureAwait(false);
                if (session.Held == 0 && settings.Clock.Elapsed - session.UsedAt > LongestIdle)
                {
                    session.IsLost = true;
                    await EndAsync(session.Id).ConfigureAwait(false);
                    return;
                }

                await RenewAsync(session).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection ends.
        }
    }

    private async Task RenewAsync(LeaseSession session)
    {
        try
        {
            if (!await consul.RenewSessionAsync(session.Id, _stop.Token).ConfigureAwait(false))
                session.IsLost = true;
        }
        catch (ConsulException)
        {
            // Consul is away. If it stays so for too long the session is lost, and the next write under it shows that.
        }
    }
}
