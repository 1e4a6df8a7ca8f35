namespace ConsulMq.Tests.Support;

/// <summary>A clock whose wall time moves when it is told to; delays are real.</summary>
internal sealed class ManualClock : Clock
{
    private long _ticks;

    public override DateTimeOffset UtcNow => DateTimeOffset.UtcNow + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override TimeSpan Elapsed => System.Elapsed;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override Task Delay(TimeSpan delay, CancellationToken cancellation) => System.Delay(delay, cancellation);
}
