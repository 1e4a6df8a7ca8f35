using ConsulMq.Storage;
using FsCheck;
using FsCheck.Xunit;

namespace ConsulMq.Tests.Storage;

public class RankTests
{
    [Property]
    public void TheOrderOfKeysIsTheOrderOfRanks(NonEmptyArray<long> a, NonEmptyArray<long> b)
    {
        var (left, right) = (Cut(a.Get), Cut(b.Get));
        Assert.Equal(
            Math.Sign(left.CompareTo(right)),
            Math.Sign(string.CompareOrdinal(left.ToKey() + "/x", right.ToKey() + "/x")));
    }

    [Property]
    public void AKeyIsReadBack(NonEmptyArray<long> elements)
    {
        var rank = Cut(elements.Get);
        Assert.True(Rank.TryParseKey(rank.ToKey(), out var again));
        Assert.Equal(rank, again);
        Assert.Equal(rank.GetHashCode(), again!.GetHashCode());
    }

    [Fact]
    public void ElementByElementAndTheShorterFirst()
    {
        Rank[] ordered = [new(long.MinValue), new(-5), new(-5, 0), new(-5, 0, 7), new(-5, 1), new(0), new(3, -1), new(3, 0), new(3, 0, 0), new(long.MaxValue)];
        for (var i = 0; i + 1 < ordered.Length; i++)
            Assert.True(ordered[i].CompareTo(ordered[i + 1]) < 0, $"{ordered[i]} comes before {ordered[i + 1]}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("xyz")]
    [InlineData("800000000000000")]
    [InlineData("8000000000000000_")]
    [InlineData("8000000000000000/8000000000000000")]
    [InlineData("800000000000000g")]
    public void WhatIsNoRankIsRefused(string text) => Assert.False(Rank.TryParseKey(text, out _));

    private static Rank Cut(long[] elements) => new(elements.Take(Rank.MaxLength).ToArray());
}
