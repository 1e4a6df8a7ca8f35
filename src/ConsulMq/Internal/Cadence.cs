namespace ConsulMq.Internal;

/// <summary>Lets through one of many that come in passing, each interval. Safe for use by many threads.</summary>
/// <param name="clock">The time.</param>
/// <param name="interval">How long it takes until the next one.</param>
internal sealed class Cadence(Clock clock, TimeSpan interval)
{
    private const long Never = long.MinValue;

    private long _next = Never;

    /// <summary>Begins an interval: whoever calls does what there is to do.</summary>
    public void Begin() => Interlocked.Exchange(ref _next, (clock.Elapsed + interval).Ticks);

    /// <summary>Begins an interval, if the last one is over and nobody else is faster.</summary>
    /// <param name="isFirst">Whether there was none before.</param>
    public bool TryBegin(out bool isFirst)
    {
        var now = clock.Elapsed;
        var next = Interlocked.Read(ref _next);
        isFirst = next == Never;
        return (isFirst || now.Ticks >= next) && Interlocked.CompareExchange(ref _next, (now + interval).Ticks, next) == next;
    }
}
