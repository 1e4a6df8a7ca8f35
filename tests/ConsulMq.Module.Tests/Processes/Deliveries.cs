namespace ConsulMq.Module.Tests.Processes;

/// <summary>What must hold of messages that came out of a queue. Failures say which messages, not only that there are some.</summary>
internal static class Deliveries
{
    private const int Shown = 10;

    /// <summary>All that were expected are there, none twice, and no others.</summary>
    public static void EachOnce(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var open = expected.ToHashSet();
        var seen = new HashSet<string>();
        List<string> twice = [], strange = [];
        foreach (var body in actual)
        {
            if (!seen.Add(body))
                twice.Add(body);
            else if (!open.Remove(body))
                strange.Add(body);
        }

        Assert.True(open.Count + twice.Count + strange.Count == 0, $"Lost: {Show([.. open])}. Twice: {Show(twice)}. Never pushed: {Show(strange)}.");
    }

    /// <summary>The numbers of each producer ascend.</summary>
    public static void InOrderOfEachProducer(IEnumerable<string> stream)
    {
        var last = new Dictionary<string, int>();
        var place = 0;
        foreach (var (producer, number) in stream.Select(Parse))
        {
            Assert.True(number > last.GetValueOrDefault(producer), $"At place {place}, {producer}:{number} comes behind {producer}:{last.GetValueOrDefault(producer)}.");
            last[producer] = number;
            place++;
        }
    }

    /// <summary>By how many numbers a message came behind one that its producer pushed later, at most.</summary>
    public static int MostBehind(IEnumerable<string> stream)
    {
        var highest = new Dictionary<string, int>();
        var most = 0;
        foreach (var (producer, number) in stream.Select(Parse))
        {
            var before = highest.GetValueOrDefault(producer);
            most = Math.Max(most, before - number);
            highest[producer] = Math.Max(before, number);
        }

        return most;
    }

    /// <summary>The numbers run from <paramref name="first"/> without a hole, in order, none twice.</summary>
    /// <returns>The last number; one less than <paramref name="first"/> if there is none.</returns>
    public static int Run(int first, IEnumerable<string> numbers)
    {
        var next = first;
        foreach (var number in numbers.Select(int.Parse))
        {
            Assert.True(number == next, $"{number} stands where {next} was to come, in a run from {first}: {(number < next ? "twice, or out of order" : "lost, or out of order")}.");
            next++;
        }

        return next - 1;
    }

    private static (string Producer, int Number) Parse(string body) => body.Split(':') is [var producer, var number]
        ? (producer, int.Parse(number))
        : throw new FormatException($"'{body}' is no message of a producer.");

    private static string Show(IReadOnlyList<string> bodies) =>
        bodies.Count == 0 ? "none" : $"{bodies.Count} ({string.Join(", ", bodies.Take(Shown))}{(bodies.Count > Shown ? ", ..." : "")})";
}
