using ConsulMq.Storage;
using FsCheck;
using FsCheck.Xunit;

namespace ConsulMq.Tests.Storage;

public class RankGapTests
{
    [Fact]
    public void NothingLiesBetweenRanksThatNoClientWrites()
    {
        var last = new Rank(Enumerable.Repeat(1L, Rank.MaxLength).ToArray());
        Assert.Null(RankGap.TryBetween(new Rank(5), new Rank(5), 9));
        Assert.Null(RankGap.TryBetween(new Rank(6), new Rank(5), 9));
        Assert.Null(RankGap.TryBetween(new Rank(long.MaxValue), new Rank(long.MaxValue, long.MinValue), 9));
        Assert.Null(RankGap.TryBetween(last, new Rank(2), 9) is { } gap && gap[0].CompareTo(last) <= 0 ? gap : null);
        Assert.Null(RankGap.TryBetween(new Rank(last.Elements.Take(Rank.MaxLength - 1).ToArray()), last, 9));
        Assert.NotNull(RankGap.TryBetween(Rank.Natural(5, 0, 0), Rank.Natural(5, 0, 1), 9));
    }

    [Fact]
    public void WhatComesToTheFrontLaterComesFirst()
    {
        Rank[] ordered = [RankGap.Front(9)[0], RankGap.Front(9)[1], RankGap.Front(7)[0], RankGap.Front(7)[5], Rank.Natural(1, 0, 0)];
        Assert.Equal(ordered, ordered.OrderBy(static rank => rank));
    }

    [Theory]
    [InlineData(new long[] { 100, 0, 0 }, new long[] { 100, 0, 1 })]
    [InlineData(new long[] { 100, 0, 0 }, new long[] { 101, 0, 0 })]
    [InlineData(new long[] { -7, 0 }, new long[] { -7, 1 })]
    [InlineData(new long[] { -7, 0 }, new long[] { 100, 0, 0 })]
    [InlineData(new long[] { -7, 0 }, new long[] { -7, 0, 0, 0, 9, 0 })]
    [InlineData(new long[] { -7, 0 }, new long[] { -7, 0, 0 })]
    [InlineData(new long[] { 5 }, new long[] { 5, -3 })]
    [InlineData(new long[] { 5 }, new long[] { 6 })]
    [InlineData(new long[] { 1, 0, 0, 4, 9, 0 }, new long[] { 1, 0, 0, 5, 9, 0 })]
    [InlineData(new long[] { 1, 0, 0, long.MaxValue }, new long[] { 2, 0, 0 })]
    [InlineData(new long[] { 1, 0, 0 }, new long[] { 1, 0, 0, long.MinValue + 1 })]
    [InlineData(new long[] { 1, 0, 0, long.MinValue }, new long[] { 1, 0, 0, long.MaxValue })]
    public void APlaceLiesBetweenItsNeighbours(long[] before, long[] after) => Check(new Rank(before), new Rank(after));

    [Property]
    public void APlaceLiesBetweenAnyNeighbours(NonEmptyArray<int> some, NonEmptyArray<int> others)
    {
        var one = new Rank([.. some.Get.Take(Rank.MaxLength / 2).Select(static e => (long)e)]);
        var other = new Rank([.. others.Get.Take(Rank.MaxLength / 2).Select(static e => (long)e)]);
        if (one.CompareTo(other) < 0)
            Check(one, other);
        else if (one.CompareTo(other) > 0)
            Check(other, one);
    }

    [Property]
    public void InAnyOrderOfInsertsAllAreWhereTheyShouldBe(NonEmptyArray<PositiveInt> positions)
    {
        var order = new List<Rank> { Rank.Natural(10, 0, 0), Rank.Natural(11, 0, 0) };
        Insert(order, positions.Get.Select(static position => position.Get));
        Assert.Equal(order.Count, order.Distinct().Count());
    }

    /// <summary>The patterns that make ranks long: always in front of the last one, always behind it, now the one and then the other, anywhere.</summary>
    [Theory]
    [InlineData("before", 2000, 8)]
    [InlineData("behind", 2000, 8)]
    [InlineData("between", 1000, 40)]
    [InlineData("anywhere", 20_000, 10)]
    public void RanksStayShort(string pattern, int times, int most)
    {
        var order = new List<Rank> { Rank.Natural(10, 0, 0), Rank.Natural(11, 0, 0) };
        var random = new System.Random(7);
        var last = 1;
        Insert(order, Enumerable.Range(0, times).Select(i => last = pattern switch
        {
            "before" => 1,
            "behind" => i + 1,
            "between" => i == 0 ? 1 : i % 2 == 0 ? last : last + 1,
            _ => random.Next(1, order.Count),
        }));
        Assert.InRange(order.Max(static rank => rank.Elements.Count), 5, most);
    }

    private static void Insert(List<Rank> order, IEnumerable<int> positions)
    {
        ulong head = 100;
        foreach (var position in positions)
        {
            var at = 1 + ((position - 1) % (order.Count - 1));
            order.Insert(at, RankGap.Between(order[at - 1], order[at], head++)[0]);
        }

        for (var i = 0; i + 1 < order.Count; i++)
            Assert.True(order[i].CompareTo(order[i + 1]) < 0, $"{order[i]} comes before {order[i + 1]}");
    }

    private static void Check(Rank before, Rank after)
    {
        var gap = RankGap.Between(before, after, 1234);
        foreach (var number in new[] { 0, 1, int.MaxValue })
        {
            Assert.True(before.CompareTo(gap[number]) < 0, $"{gap[number]} lies behind {before}");
            Assert.True(gap[number].CompareTo(after) < 0, $"{gap[number]} lies before {after}");
        }

        Assert.True(gap[0].CompareTo(gap[1]) < 0);
    }
}
