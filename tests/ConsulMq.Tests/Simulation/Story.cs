namespace ConsulMq.Tests.Simulation;

/// <summary>What happened, step by step, for people to read. Told only when somebody listens: most runs are never read.</summary>
internal sealed class Story(bool isTold)
{
    private readonly List<string> _lines = [];

    public bool IsTold { get; } = isTold;

    public IReadOnlyList<string> Lines => _lines;

    public void Tell(int step, TimeSpan at, string who, string what)
    {
        if (IsTold)
            _lines.Add($"{step,5} {at.TotalSeconds,9:0.000}s  {who,-6} {what}");
    }
}
