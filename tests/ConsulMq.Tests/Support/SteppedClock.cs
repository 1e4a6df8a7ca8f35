namespace ConsulMq.Tests.Support;

/// <summary>A clock that goes on by itself, and that can be put forward; delays are real.</summary>
internal sealed class SteppedClock : Clock
{
    private long _ticks;

    public override DateTimeOffset UtcNow => System.UtcNow + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override TimeSpan Elapsed => System.Elapsed + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override Task Delay(TimeSpan delay, CancellationToken cancellation) => System.Delay(delay, cancellation);
}
