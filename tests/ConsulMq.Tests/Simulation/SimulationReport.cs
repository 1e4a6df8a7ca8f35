using ConsulMq.Tests.Simulation.Shrinking;

namespace ConsulMq.Tests.Simulation;

/// <summary>How a schedule went.</summary>
/// <param name="Plan">Plays it again.</param>
/// <param name="Violation">What went wrong; null: nothing.</param>
/// <param name="Steps">How many steps it had.</param>
/// <param name="Story">What happened, if it was told.</param>
internal sealed record SimulationReport(Plan Plan, string? Violation, int Steps, IReadOnlyList<string> Story)
{
    /// <summary>The actors, and how many operations each of them began.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Actors { get; init; }

    /// <summary>The faults of single requests, by what leaves each of them out of a plan.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>How many messages were committed.</summary>
    public int Messages { get; init; }

    /// <summary>How many were handed out, put back ones again.</summary>
    public int Popped { get; init; }

    /// <summary>How many entries Raft's log would have.</summary>
    public long Writes { get; init; }

    /// <summary>How many requests were made.</summary>
    public int Requests { get; init; }

    /// <summary>How many settlements were reported done.</summary>
    public int Settled { get; init; }

    /// <summary>How many were reported lost.</summary>
    public int Lost { get; init; }

    /// <summary>How many messages came back from sessions that had ended.</summary>
    public int Reaped { get; init; }

    /// <summary>How many were reported moved to another queue.</summary>
    public int Moved { get; init; }

    /// <summary>How many were pushed to the front.</summary>
    public int InFront { get; init; }

    /// <summary>How many were pushed to another position.</summary>
    public int Between { get; init; }

    /// <summary>How many were reported removed, and nobody got them.</summary>
    public int Discarded { get; init; }

    /// <summary>How many were reported duplicates.</summary>
    public int Duplicates { get; init; }

    /// <summary>How often a client's clock was set.</summary>
    public int ClockJumps { get; init; }

    /// <summary>How many clients died.</summary>
    public int Deaths { get; init; }

    public override string ToString() => $"Seed {Plan.Seed}, step {Steps}: {Violation ?? "all is well"}";
}
