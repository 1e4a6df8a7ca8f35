using System.Text.RegularExpressions;

namespace ConsulMq.Module.Tests.Help;

/// <summary>
/// What a page says that a reader sees, and what is seen, made comparable: what differs from one run to the next by its nature becomes a word for what it is.
/// Widths of columns do not count, since those words have other lengths.
/// </summary>
internal static partial class SeenText
{
    public static string Of(string text) => string.Join("\n", text.Split('\n').Select(Line).Where(line => line.Length > 0));

    private static string Line(string line)
    {
        line = Id().Replace(line, "ID");
        line = CutId().Replace(line, "ID…");
        line = LocalTime().Replace(line, "TIME");
        line = IsoTime().Replace(line, "TIME");
        line = Address().Replace(line, "ADDRESS");
        line = Age().Replace(line, "AGE");
        line = Rate().Replace(line, "$1");
        line = StoredSize().Replace(line, "SIZE");
        return Blanks().Replace(line, " ").Trim();
    }

    // Messages, receipts, sessions.
    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]*…")]
    private static partial Regex CutId();

    [GeneratedRegex(@"\d\d/\d\d/\d{4} [\d:]+ \+00:00")]
    private static partial Regex LocalTime();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex IsoTime();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    // How old a thing is, or how long it has left. An hour and more does not change within an example.
    [GeneratedRegex(@"\b\d+s\b")]
    private static partial Regex Age();

    // There are none at the first look of a connection at a queue, and none between two that are at the same moment.
    [GeneratedRegex(@"^((?:Push|Pop)Rate +:).*")]
    private static partial Regex Rate();

    // A size of a queue has times and IDs in it, and the name of a machine.
    [GeneratedRegex(@"\b\d{2,}(\.\d+)? B\b")]
    private static partial Regex StoredSize();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
