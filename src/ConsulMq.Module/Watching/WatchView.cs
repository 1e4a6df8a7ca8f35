using System.Globalization;
using System.Text;

namespace ConsulMq.Watching;

/// <summary>The live table as lines of text: what fits a screen, and nothing that a terminal would take for a command.</summary>
public static class WatchView
{
    private const int LeastName = 8;

    private static readonly Column[] Columns =
    [
        new("Ready", 8, static (queue, _) => Number(queue.Depth)),
        new("Flight", 6, static (queue, _) => Number(queue.InFlight)),
        new("Sched", 6, static (queue, _) => Number(queue.Scheduled)),
        new("Dead", 6, static (queue, _) => Number(queue.Dead)),
        new("In/s", 6, static (queue, _) => Format.Rate(queue.PushRate)),
        new("Out/s", 6, static (queue, _) => Format.Rate(queue.PopRate)),
        new("Size", 8, static (queue, _) => Format.Size(queue.Bytes)),
        new("Oldest", 6, static (queue, now) => queue.OldestAt is { } at ? Format.Duration(now - at) : ""),
    ];

    /// <summary>The lines.</summary>
    /// <param name="address">Where Consul is.</param>
    /// <param name="queues">The queues as they were last read; null: not yet.</param>
    /// <param name="trouble">What is wrong with Consul at the moment; null: nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="width">The width of the screen in columns; more than 80 make names longer, fewer leave figures out.</param>
    /// <param name="height">Its height in lines.</param>
    public static IReadOnlyList<string> Lines(string address, IReadOnlyList<ConsulMqQueue>? queues, string? trouble, DateTimeOffset now, int width, int height)
    {
        // The last column stays free: terminals differ in what they do there.
        var room = Math.Max(width, 2) - 1;
        var columns = Columns.ToList();
        while (columns.Count > 1 && Width(columns) + LeastName > room)
            columns.RemoveAt(columns.Count - 1);
        var name = Math.Max(room - Width(columns), LeastName);
        var time = now.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var lines = new List<string> { Fit($"Queues at {address}, {time}. Ctrl-C or q ends.", room), "" };
        lines.Add(Fit(Row("Name", name, columns, static column => column.Label), room));
        lines.Add(Fit(Row("----", name, columns, static column => new string('-', column.Label.Length)), room));
        var rows = Math.Max(height - lines.Count - 3, 1);
        foreach (var queue in (queues ?? []).Take(rows))
            lines.Add(Fit(Row(queue.Name, name, columns, column => column.Text(queue, now)), room));
        if (queues is { Count: 0 })
            lines.Add(Fit("There is no such queue yet.", room));
        if (queues?.Count > rows)
            lines.Add(Fit($"... and {Number(queues.Count - rows)} more", room));
        // PowerShell makes an empty string of null.
        if (!string.IsNullOrEmpty(trouble))
            lines.Add(Fit("! " + trouble, room));
        // What scrolls away could not be written over.
        return lines.Count < height ? lines : lines.GetRange(0, Math.Max(height - 1, 1));
    }

    private static int Width(List<Column> columns) => columns.Sum(static column => column.Width + 1);

    private static string Row(string first, int width, List<Column> columns, Func<Column, string> cell)
    {
        var row = new StringBuilder(Cells.Pad(Plain(first), width));
        foreach (var column in columns)
            row.Append(' ').Append(cell(column).PadLeft(column.Width));
        return row.ToString();
    }

    private static string Fit(string text, int width) => Cells.Cut(Plain(text), width);

    private static string Plain(string text) => Format.OneLine(text, int.MaxValue);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Column(string Label, int Width, Func<ConsulMqQueue, DateTimeOffset, string> Text);
}
