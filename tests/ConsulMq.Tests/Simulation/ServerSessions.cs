using ConsulMq.Consul;
using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation;

/// <summary>
/// The sessions at the server, in virtual time. Consul ends a session somewhere between one and two TTLs after its last renewal; so here, where the
/// model alone would always take two.
/// </summary>
internal sealed class ServerSessions(World world)
{
    private readonly Random _random = Dice.Of(world.Plan.Seed, "sessions");
    private readonly List<Session> _sessions = [];

    public async Task<string> CreateAsync(SessionRequest request, CancellationToken cancellation)
    {
        var id = await world.Server.CreateSessionAsync(request, cancellation).ConfigureAwait(false);
        _sessions.Add(new Session(id, request.Ttl) { RenewedAt = world.Timeline.Elapsed });
        return id;
    }

    public async Task<bool> RenewAsync(string id, CancellationToken cancellation)
    {
        var lives = await world.Server.RenewSessionAsync(id, cancellation).ConfigureAwait(false);
        if (lives && _sessions.Find(s => s.Id == id) is { } session)
            session.RenewedAt = world.Timeline.Elapsed;
        return lives;
    }

    public async Task<bool> DestroyAsync(Client client, string id, CancellationToken cancellation)
    {
        var held = !IsAlive(id) ? null : world.Whereabouts.Journeys.FirstOrDefault(j => j.Stays is [{ IsInFlight: true } stay] && world.Settlements.WasHandedOut(stay.Slot)
            && PassageRules.SessionOf(stay.Key, world.KeysOf(stay.Key.Key)) == id);
        if (held is not null)
            world.Fail($"{client.Name} ends a session under which {held} is in somebody's hands.");
        await world.Server.DestroySessionAsync(id, cancellation).ConfigureAwait(false);
        NoteEnd(id);
        return true;
    }

    public bool IsAlive(string id) =>
        world.Server.ListSessionsAsync(default, CancellationToken.None).GetAwaiter().GetResult().Sessions.Any(s => s.Id == id);

    /// <summary>Whether a session was over before that step, and that time.</summary>
    public bool WasOver(string id, int step, TimeSpan time) => _sessions.Find(s => s.Id == id) is { } session
        && (session.EndedAt < step || session.RenewedAt + session.Ttl + session.Ttl <= time);

    /// <summary>Before a step: a session that was not renewed for its TTL may end.</summary>
    public void Disturb()
    {
        for (var i = _sessions.Count - 1; i >= 0; i--)
        {
            var age = world.Timeline.Elapsed - _sessions[i].RenewedAt;
            if (age < _sessions[i].Ttl || _sessions[i].EndedAt < int.MaxValue || _random.NextDouble() >= 0.02 || !world.Plan.Has("sessions"))
                continue;
            if (world.Server.ExpireSession(_sessions[i].Id))
                world.Tell("consul", $"ends session {_sessions[i].Id}");
            _sessions[i].EndedAt = world.Step;
        }
    }

    /// <summary>An operator destroys a session by hand.</summary>
    public void DestroyAny(Random random)
    {
        if (_sessions.Count == 0)
            return;
        var id = _sessions[random.Next(_sessions.Count)].Id;
        world.Tell("hand", $"destroys session {id}");
        world.Server.DestroySessionAsync(id, CancellationToken.None).GetAwaiter().GetResult();
        NoteEnd(id);
    }

    private void NoteEnd(string id)
    {
        if (_sessions.Find(s => s.Id == id) is { EndedAt: int.MaxValue } session)
            session.EndedAt = world.Step;
    }

    private sealed record Session(string Id, TimeSpan Ttl)
    {
        public TimeSpan RenewedAt { get; set; }

        /// <summary>The step in which it ended, if that was seen.</summary>
        public int EndedAt { get; set; } = int.MaxValue;
    }
}
