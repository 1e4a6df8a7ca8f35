using ConsulMq.TestSupport.Soaking;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Cluster;

/// <summary>For how long nothing was served, each time that the leader was lost in one way.</summary>
/// <param name="way">What was done to it.</param>
internal sealed class Failovers(string way)
{
    private readonly List<TimeSpan> _pushes = [];
    private readonly List<TimeSpan> _writes = [];

    /// <summary>How often.</summary>
    public int Count => _pushes.Count;

    /// <summary>Waits until both the queue and Consul serve again.</summary>
    /// <param name="probe">Asks them.</param>
    /// <param name="since">When the leader was lost.</param>
    /// <param name="log">Is told.</param>
    public async Task MeasureAsync(ServiceProbe probe, long since, ITestOutputHelper log)
    {
        var write = await probe.WrittenAsync(since);
        var push = await probe.PushedAsync(since);
        _writes.Add(write);
        _pushes.Add(push);
        log.WriteLine(FormattableString.Invariant($"leader {way}: Consul took writes after {write.TotalSeconds:0.00} s, the queue pushes after {push.TotalSeconds:0.00} s"));
    }

    /// <summary>Writes the median and the longest.</summary>
    public void Write(Figures figures)
    {
        figures.Write($"leaders {way}", $"{Count}");
        Write(figures, $"leader {way}: until the queue takes pushes again", _pushes);
        Write(figures, $"leader {way}: until Consul takes writes again", _writes);
    }

    private static void Write(Figures figures, string name, List<TimeSpan> times)
    {
        var sorted = times.Select(static t => t.TotalSeconds).Order().ToList();
        if (sorted.Count > 0)
            figures.Write(name, $"median {(sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2:0.00} s, {sorted[0]:0.00} to {sorted[^1]:0.00} s");
    }
}
