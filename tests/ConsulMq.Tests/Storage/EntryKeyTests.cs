using ConsulMq.Storage;

namespace ConsulMq.Tests.Storage;

public class EntryKeyTests
{
    private static readonly QueueKeys Keys = new("consulmq", "jobs");

    [Fact]
    public void AKeyOfTheLogIsReadBack()
    {
        var key = EntryKey.ForLog(Keys, 0x1f, 11, "abc123", 40, 12345);
        Assert.Equal("consulmq/jobs/p/000000000000001f/0babc123.40.12345", key);
        Assert.True(EntryKey.TryParse(Keys, key, out var entry));
        Assert.Equal(("abc123", 11, 40, 12345L, null), (entry.Id, entry.Ordinal, entry.Count, entry.Bytes, entry.Rank));
        Assert.Equal("consulmq/jobs/c/p/000000000000001f/0babc123", entry.Cursor);
        Assert.StartsWith(Keys.PageCursors(0x1f), entry.Cursor, StringComparison.Ordinal);
        Assert.Equal(0x1f, Keys.PageOf(key));
    }

    [Fact]
    public void AKeyOfTheFrontSetIsReadBack()
    {
        var key = EntryKey.ForFront(Keys, new Rank(-3, 5), 0, "abc", 1, 9);
        Assert.True(EntryKey.TryParse(Keys, key, out var entry));
        Assert.Equal(new Rank(-3, 5), entry.Rank);
        Assert.Equal("consulmq/jobs/c/f/7ffffffffffffffd_8000000000000005/00abc", entry.Cursor);
    }

    [Theory]
    [InlineData("consulmq/jobs/p/000000000000001f/")]
    [InlineData("consulmq/jobs/p/000000000000001f/0babc")]
    [InlineData("consulmq/jobs/p/000000000000001f/0babc.4")]
    [InlineData("consulmq/jobs/p/000000000000001f/0babc.0.5")]
    [InlineData("consulmq/jobs/p/000000000000001f/0babc.-1.5")]
    [InlineData("consulmq/jobs/p/000000000000001f/0babc.99999999999.5")]
    [InlineData("consulmq/jobs/p/000000000000001f/zzabc.1.5")]
    [InlineData("consulmq/jobs/p/1f/0babc.1.5")]
    [InlineData("consulmq/jobs/p/000000000000001f/deeper/0babc.1.5")]
    [InlineData("consulmq/jobs/f//0babc.1.5")]
    [InlineData("consulmq/jobs/f/12/0babc.1.5")]
    [InlineData("consulmq/other/p/000000000000001f/0babc.1.5")]
    [InlineData("..")]
    [InlineData("")]
    public void WhatNoClientWroteIsRefused(string key) => Assert.False(EntryKey.TryParse(Keys, key, out _));
}
