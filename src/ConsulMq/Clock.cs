namespace ConsulMq;

/// <summary>
/// The time a client lives by. The queue never orders or decides by a client's clock except for expiry and time-outs;
/// taking it from here lets a simulation run hours in milliseconds, and the same way twice.
/// </summary>
public abstract class Clock
{
    /// <summary>The clock of this machine.</summary>
    public static Clock System { get; } = new SystemClock();

    /// <summary>The wall clock, in UTC. It may jump.</summary>
    public abstract DateTimeOffset UtcNow { get; }

    /// <summary>Time since some fixed moment. It never goes back.</summary>
    public abstract TimeSpan Elapsed { get; }

    /// <summary>Completes after <paramref name="delay"/>, or is cancelled by <paramref name="cancellation"/>.</summary>
    /// <param name="delay">How long; zero or more.</param>
    /// <param name="cancellation">Ends the delay early with an <see cref="OperationCanceledException"/>.</param>
    public abstract Task Delay(TimeSpan delay, CancellationToken cancellation);

    private sealed class SystemClock : Clock
    {
        private static readonly global::System.Diagnostics.Stopwatch Watch = global::System.Diagnostics.Stopwatch.StartNew();

        public override DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

        public override TimeSpan Elapsed => Watch.Elapsed;

        public override Task Delay(TimeSpan delay, CancellationToken cancellation) => Task.Delay(delay, cancellation);
    }
}
