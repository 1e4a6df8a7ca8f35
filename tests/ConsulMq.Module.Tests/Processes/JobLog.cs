using System.Globalization;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>What workers said of the jobs they began with and completed (<see cref="Scripts.WorkOn"/>).</summary>
internal sealed class JobLog
{
    private readonly List<(Guid Id, string Body, int Deliveries, long Ticks)> _begun = [];
    private readonly Dictionary<Guid, long> _completed = [];

    public JobLog(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var words = line.Split(' ');
            if (words is ["s", var id, var body, var deliveries, var begun])
                _begun.Add((Guid.Parse(id), body, int.Parse(deliveries, CultureInfo.InvariantCulture), long.Parse(begun, CultureInfo.InvariantCulture)));
            else if (words is ["d", var done, var completed])
                _completed[Guid.Parse(done)] = long.Parse(completed, CultureInfo.InvariantCulture);
            else
                throw new FormatException($"'{line}' is no line of a worker.");
        }
    }

    /// <summary>How many jobs are known to be completed.</summary>
    public int Completed => _completed.Count;

    /// <summary>How many times a job was begun with.</summary>
    public int Begun => _begun.Count;

    /// <summary>The bodies of the jobs that were begun with.</summary>
    public IReadOnlySet<string> Bodies => _begun.Select(static job => job.Body).ToHashSet();

    /// <summary>The jobs that somebody began with after they were known to be completed.</summary>
    public IReadOnlyList<string> CameBack => [.. _begun.Where(job => _completed.TryGetValue(job.Id, out var completed) && job.Ticks > completed).Select(static job => job.Body)];

    /// <summary>The delivery counts with which a job came.</summary>
    public IReadOnlyList<int> DeliveriesOf(string body) => [.. _begun.Where(job => job.Body == body).Select(static job => job.Deliveries)];
}
