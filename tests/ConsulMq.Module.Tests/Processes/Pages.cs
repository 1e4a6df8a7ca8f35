using System.Globalization;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>On which page of the log each message lies, and at which place of the queue.</summary>
internal sealed class Pages
{
    private readonly Dictionary<string, (long Page, int Place)> _places = [];

    private Pages()
    {
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Pages are in the queue's order, and the names of their entries, <c>PAGE/ID.COUNT.BYTES</c>, say how many messages are on each.</summary>
    /// <param name="order">The bodies of all messages in the queue's order.</param>
    /// <param name="keys">The keys of the log; nothing of it has been consumed.</param>
    public static Pages Of(IReadOnlyList<string> order, IReadOnlyList<string> keys)
    {
        var pages = new Pages();
        var sizes = keys.Select(static key => key.Split('/')[^2..])
            .GroupBy(static name => long.Parse(name[0], NumberStyles.HexNumber), static name => int.Parse(name[1].Split('.')[1]))
            .OrderBy(static page => page.Key);
        var place = 0;
        foreach (var page in sizes)
        {
            pages.Count++;
            for (var left = page.Sum(); left > 0; left--, place++)
                pages._places.Add(order[place], (page.Key, place));
        }

        Assert.Equal(order.Count, place);
        return pages;
    }

    /// <summary>By how many pages a message came behind one of a later page, at most, and which.</summary>
    public (long Pages, string? Body) MostBehind(IEnumerable<string> stream)
    {
        long highest = 0;
        (long Pages, string? Body) most = default;
        foreach (var body in stream)
        {
            var page = _places[body].Page;
            if (highest - page > most.Pages)
                most = (highest - page, body);
            highest = Math.Max(highest, page);
        }

        return most;
    }

    /// <summary>By how many places of the queue a message came behind a later one, at most.</summary>
    public int MostPlacesBehind(IEnumerable<string> stream)
    {
        int highest = 0, most = 0;
        foreach (var body in stream)
        {
            var place = _places[body].Place;
            most = Math.Max(most, highest - place);
            highest = Math.Max(highest, place);
        }

        return most;
    }
}
