using System.Globalization;
using System.Text;

namespace ConsulMq.Watching;

/// <summary>The live table as lines of text: what fits a screen, and nothing that a terminal would take for a command.</summary>
public static class WatchView
{
    private static readonly (string Label, int Width, Func<ConsulMqQueue, DateTimeOffset, string> Text)[] Columns =
    [
        ("Ready", 8, static (queue, _) => Number(queue.Depth)),
        ("Flight", 6, static (queue, _) => Number(queue.InFlight)),
        ("Sched", 6, static (queue, _) => Number(queue.Scheduled)),
        ("Dead", 6, static (queue, _) => Number(queue.Dead)),
        ("In/s", 6, static (queue, _) => Format.Rate(queue.PushRate)),
        ("Out/s", 6, static (queue, _) => Format.Rate(queue.PopRate)),
        ("Size", 8, static (queue, _) => Format.Size(queue.Bytes)),
        ("Oldest", 6, static (queue, now) => queue.OldestAt is { } at ? Format.Duration(now - at) : ""),
    ];

    /// <summary>The lines.</summary>
    /// <param name="address">Where Consul is.</param>
    /// <param name="queues">The queues as they were last read; null: not yet.</param>
    /// <param name="trouble">What is wrong with Consul at the moment; null: nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="width">The width of the screen in columns; more than 80 make names longer.</param>
    /// <param name="height">Its height in lines.</param>
    public static IReadOnlyList<string> Lines(string address, IReadOnlyList<ConsulMqQueue>? queues, string? trouble, DateTimeOffset now, int width, int height)
    {
        // The last column stays free: terminals differ in what they do there.
        var room = Math.Max(width, 40) - 1;
        var name = Math.Max(room - Columns.Sum(static column => column.Width + 1), 8);
        var time = now.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var lines = new List<string> { Fit($"Queues at {address}, {time}. Ctrl-C or q ends.", room), "" };
        lines.Add(Fit(Row("Name", name, static column => column.Label), room));
        lines.Add(Fit(Row(new string('-', Math.Min(name, 4)), name, static column => new string('-', column.Label.Length)), room));
        var rows = Math.Max(height - lines.Count - 3, 1);
        foreach (var queue in (queues ?? []).Take(rows))
            lines.Add(Fit(Row(queue.Name, name, column => column.Text(queue, now)), room));
        if (queues is { Count: 0 })
            lines.Add("There is no such queue yet.");
        if (queues?.Count > rows)
            lines.Add($"... and {Number(queues.Count - rows)} more");
        // PowerShell makes an empty string of null.
        if (!string.IsNullOrEmpty(trouble))
            lines.Add(Fit("! " + trouble, room));
        return lines;
    }

    private static string Row(string first, int width, Func<(string Label, int Width, Func<ConsulMqQueue, DateTimeOffset, string> Text), string> cell)
    {
        var row = new StringBuilder(Fit(first, width).PadRight(width));
        foreach (var column in Columns)
            row.Append(' ').Append(cell(column).PadLeft(column.Width));
        return row.ToString();
    }

    private static string Fit(string text, int width) => Format.OneLine(text, width);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
