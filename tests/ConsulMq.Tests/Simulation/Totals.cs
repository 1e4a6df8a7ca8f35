using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Simulation;

/// <summary>What many schedules come to, for the figures.</summary>
internal sealed class Totals
{
    private readonly Lock _adding = new();
    private readonly Clock _clock = Clock.System;
    private readonly TimeSpan _since = Clock.System.Elapsed;
    private readonly Dictionary<string, long> _sums = [];
    private readonly List<string> _names = [];

    public void Add(SimulationReport report)
    {
        lock (_adding)
        {
            Add("schedules", 1);
            Add("steps", report.Steps);
            Add("requests", report.Requests);
            Add("Raft writes", report.Writes);
            Add("faults of requests", report.Faults.Count);
            Add("clients that died", report.Deaths);
            Add("clock jumps", report.ClockJumps);
            Add("messages", report.Messages);
            Add("pushed to the front", report.InFront);
            Add("pushed to another position", report.Between);
            Add("duplicates not pushed", report.Duplicates);
            Add("handed out", report.Popped);
            Add("settled", report.Settled);
            Add("lost leases", report.Lost);
            Add("reaped", report.Reaped);
            Add("moved", report.Moved);
            Add("discarded", report.Discarded);
        }
    }

    public void Write()
    {
        var figures = new Figures("Simulation");
        foreach (var name in _names)
            figures.Write(name, $"{_sums[name]:#,0}");
        figures.Write("seconds", $"{(_clock.Elapsed - _since).TotalSeconds:0}");
    }

    private void Add(string name, long amount)
    {
        if (!_sums.TryAdd(name, amount))
            _sums[name] += amount;
        else
            _names.Add(name);
    }
}
