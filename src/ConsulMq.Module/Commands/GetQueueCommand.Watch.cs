using ConsulMq.Parameters;
using ConsulMq.Watching;

namespace ConsulMq.Commands;

/// <content>Watching: what <c>-Watch</c> does.</content>
public sealed partial class GetQueueCommand
{
    /// <summary>How often to look whether a key was pressed, or the second is another one.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait before the next try while Consul is away.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<string> _watched = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    private protected override void End()
    {
        if (!Watch || _watched.Count == 0)
            return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        using var monitor = OpenMonitor();
        using var table = Caller.StandsAlone(MyInvocation) ? LiveTable.Open(Host) : null;
        try
        {
            if (table is null)
                Stream(monitor, stop.Token);
            else
                Show(monitor, table, stop.Token);
        }
        finally
        {
            stop.Cancel();
        }
    }

    private QueueMonitor OpenMonitor()
    {
        var patterns = _watched.ConvertAll(static name => new QueuePattern(name));
        return patterns.Exists(static pattern => pattern.IsWildcard)
            ? Link.OpenMonitor(name => patterns.Exists(pattern => pattern.IsMatch(name)))
            : Link.OpenMonitor(_watched);
    }

    /// <summary>An object for each queue that has changed.</summary>
    private void Stream(QueueMonitor monitor, CancellationToken stop)
    {
        var changes = new Changes();
        var isAway = false;
        var hasRead = false;
        while (true)
        {
            var next = NextAsync(monitor, hasRead, stop, out var trouble);
            while (!AwaitFor(next, Pause))
                Tell(Link.Trouble?.Message);
            Tell(trouble());
            if (Await(next) is not { } figures)
                continue;
            hasRead = true;
            isAway = false;
            WriteProblems(figures);
            foreach (var queue in changes.Next(figures.Queues))
                WriteObject(queue);
        }

        void Tell(string? problem)
        {
            if (problem is not null && !isAway)
                WriteWarning($"{problem} Watching goes on.");
            isAway |= problem is not null;
        }
    }

    /// <summary>A table in place. Ages go on from second to second without a request.</summary>
    private void Show(QueueMonitor monitor, LiveTable table, CancellationToken stop)
    {
        IReadOnlyList<ConsulMqQueue>? queues = null;
        Task<QueueFigures?>? next = null;
        Func<string?> trouble = static () => null;
        string? problem = null;
        string? shown = null;
        while (!table.IsEndWanted())
        {
            next ??= NextAsync(monitor, queues is not null, stop, out trouble);
            if (AwaitFor(next, Tick))
            {
                var figures = Await(next);
                next = null;
                problem = trouble();
                if (figures is not null)
                {
                    WriteProblems(figures);
                    queues = figures.Queues;
                    problem = null;
                }
            }

            var size = table.Size;
            // To the second: all that goes on with the time does so in the same moment.
            var now = DateTimeOffset.FromUnixTimeSeconds(Link.Settings.Clock.UtcNow.ToUnixTimeSeconds());
            var lines = WatchView.Lines(Link.ToString(), queues, Link.Trouble?.Message ?? problem, now, size.Width, size.Height);
            var text = string.Join("\n", lines);
            if (text != shown)
                table.Show(lines, size);
            shown = text;
        }
    }

    /// <summary>The next figures; null: Consul was away, it is worth another try, and <paramref name="trouble"/> tells what is wrong.</summary>
    private Task<QueueFigures?> NextAsync(QueueMonitor monitor, bool hasRead, CancellationToken stop, out Func<string?> trouble)
    {
        string? problem = null;
        trouble = () => problem;
        return NextAsync();

        async Task<QueueFigures?> NextAsync()
        {
            try
            {
                return await monitor.NextAsync(stop).ConfigureAwait(false);
            }
            catch (ConsulMqException e) when (hasRead && IsPassing(e))
            {
                problem = e.Message;
                await Link.Settings.Clock.Delay(Pause, stop).ConfigureAwait(false);
                return null;
            }
        }
    }

    private static bool IsPassing(ConsulMqException e) =>
        e.Error is ConsulMqError.ConsulUnreachable or ConsulMqError.NoLeader or ConsulMqError.Timeout or ConsulMqError.ConsulError;

    /// <summary>What cannot be read is said once.</summary>
    private void WriteProblems(QueueFigures figures)
    {
        foreach (var problem in figures.Problems)
        {
            if (_reported.Add(problem.Message))
                WriteError(ErrorRecords.Of(problem, problem.Subject));
        }
    }
}
