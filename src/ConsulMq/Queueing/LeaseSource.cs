namespace ConsulMq.Queueing;

/// <summary>Where the claims of one call get the session from under which they lease.</summary>
/// <param name="context">The queue.</param>
/// <param name="duration">For how long; null: as long as the connection lives, under its session.</param>
internal sealed class LeaseSource(QueueContext context, TimeSpan? duration) : IDisposable
{
    private LeaseSession? _unused;

    public TimeSpan? Duration { get; } = duration;

    /// <summary>A session to lease under. One of a duration is for a single lease, so that whoever settles the last message of it can end it.</summary>
    public async Task<LeaseSession> SessionAsync(CancellationToken cancellation)
    {
        if (Duration is null)
            return await context.Sessions.CurrentAsync(cancellation).ConfigureAwait(false);
        if (_unused is not { IsLost: false })
            _unused = await context.Sessions.CreateAsync(Duration.Value, cancellation).ConfigureAwait(false);
        return _unused;
    }

    /// <summary>A lease was taken under the session.</summary>
    public void Used(LeaseSession session)
    {
        if (_unused == session)
            _unused = null;
    }

    /// <summary>Ends a session that came to be for a claim that did not.</summary>
    public void Dispose()
    {
        if (_unused is { IsLost: false } session)
            context.Background.Add(context.Sessions.EndAsync(session.Id));
    }
}
