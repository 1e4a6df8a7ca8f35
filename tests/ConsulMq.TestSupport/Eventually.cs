using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ConsulMq.TestSupport;

/// <summary>Waits for a condition instead of for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within the given time, or ten seconds.</exception>
    public static Task TrueAsync(Func<bool> condition, TimeSpan? patience = null, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), patience, text);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan?, string)" />
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan? patience = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > (patience ?? DefaultPatience))
                throw new TimeoutException($"This did not come true within {clock.Elapsed.TotalSeconds:0.0} s: {text}");
            await Task.Delay(Interval);
        }
    }
}
