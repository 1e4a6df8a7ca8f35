using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Queueing;

public sealed class RateMeterTests
{
    private static readonly QueueKeys Keys = new("consulmq", "jobs");
    private static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RateMeter _meter = new();

    private static IndexState Index(long head, long tail) => new(new HeadState(head, false), 1, new TailState(tail, 1, new QueueSettings()), null);

    private static EntryKey Entry(long page, string id, int count, long bytes = 100)
    {
        Assert.True(EntryKey.TryParse(Keys, EntryKey.ForLog(Keys, page, 0, id, count, bytes), out var entry));
        return entry;
    }

    private (double In, double Out)? Look(double at, long head, long tail, long depth, params (long Page, string Id, int Count)[] entries)
    {
        var look = _meter.Begin(Index(head, tail), Created, TimeSpan.FromSeconds(at));
        foreach (var (page, id, count) in entries)
            look.See(Entry(page, id, count), page);
        return _meter.End(look, depth);
    }

    [Fact]
    public void What_stands_behind_the_end_of_the_last_look_came()
    {
        Assert.Null(Look(0, 1, 3, 30, (2, "a", 10), (3, "b", 20)));

        // An entry more on the page that was the last one, another on a new one. Ten were popped of the first.
        Assert.Equal((3.5, 1.0), Look(10, 1, 4, 55, (3, "b", 20), (3, "c", 5), (4, "d", 30)));
    }

    [Fact]
    public void Pages_that_came_and_went_count_by_the_mean()
    {
        Look(0, 5, 5, 1, (5, "a", 1));

        // Pages 6 to 9 were filled and emptied. By the entries that are there, a page has 1 / (1 / 512 + 100 / 512 Ki) of them.
        var mean = 1 / Layout.RollProbability(1, 100);
        var rates = Look(100, 10, 10, 1, (10, "z", 1));

        Assert.Equal(((4 * mean) + 1) / 100, rates!.Value.In, 6);
        Assert.Equal(4 * mean / 100 + 0.01, rates.Value.Out, 6);
    }

    [Fact]
    public void The_difference_of_the_rates_is_that_of_the_depths()
    {
        Look(0, 1, 1, 100, (1, "a", 100));

        // Came and went between the looks: invisible, but the difference is right.
        var rates = Look(2, 1, 1, 40, (1, "b", 40));

        Assert.Equal(-30, rates!.Value.In - rates.Value.Out, 6);
    }

    [Fact]
    public void Looks_in_quick_succession_measure_from_the_first()
    {
        Look(0, 1, 1, 1, (1, "a", 1));
        Look(0.5, 1, 1, 2, (1, "a", 1), (1, "b", 1));

        Assert.Equal((2.0, 0.0), Look(1, 1, 1, 3, (1, "a", 1), (1, "b", 1), (1, "c", 1)));
        Assert.Equal((0.0, 0.0), Look(3, 1, 1, 3, (1, "a", 1), (1, "b", 1), (1, "c", 1)));
    }

    [Fact]
    public void A_look_at_the_same_moment_tells_nothing()
    {
        Look(0, 1, 1, 1);

        Assert.Null(Look(0, 1, 1, 1));
    }

    [Fact]
    public void It_remembers_the_end_of_the_log_and_no_more()
    {
        var look = _meter.Begin(Index(1, 1000), Created, TimeSpan.Zero);
        for (var page = 1; page <= 1000; page++)
            look.See(Entry(page, $"e{page}", 1), page);

        Assert.Equal(["e1000"], look.AtEnd);
    }
}
