namespace ConsulMq.Tests.Simulation;

/// <summary>The clock of a client: its wall clock may be wrong, and be set; the time since some moment only goes on, now and then by a leap.</summary>
internal sealed class ClientClock(Timeline timeline, Client owner) : Clock
{
    private TimeSpan _away;
    private TimeSpan _ahead;
    private DateTimeOffset _latest;

    public override DateTimeOffset UtcNow => timeline.UtcNow + _away;

    public override TimeSpan Elapsed => timeline.Elapsed + _ahead;

    /// <summary>The latest time that it has ever shown: what it believed to have expired, or to be due, was so by then.</summary>
    public DateTimeOffset Latest => _latest > UtcNow ? _latest : UtcNow;

    /// <summary>How often it was set.</summary>
    public int Sets { get; private set; }

    /// <summary>Sets it.</summary>
    /// <param name="away">How far it is from the true time.</param>
    /// <param name="forward">How much of its time passes at once.</param>
    public void Set(TimeSpan away, TimeSpan forward)
    {
        _latest = Latest;
        _away = away;
        _ahead += forward;
        Sets++;
    }

    public override Task Delay(TimeSpan delay, CancellationToken cancellation) => timeline.Delay(owner, delay, cancellation);
}
