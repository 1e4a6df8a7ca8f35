using ConsulMq.TestSupport.Histories;

namespace ConsulMq.Tests.Histories;

/// <summary>What can be a history, and what cannot.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void AnEventIsALine()
    {
        string[] lines = ["12 p1 1 call push a b", "13 p1 1 ok a", "14 p1 1 fail b", "15 p1 1 end", "16 c1 1 call lease 5", "17 c1 1 ok", "18 o 1 call clear"];
        Assert.Equal(lines, lines.Select(static l => HistoryEvent.Parse(l).ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 p1 1")]
    [InlineData("twelve p1 1 end")]
    [InlineData("12 p1 one end")]
    [InlineData("-12 p1 1 end")]
    [InlineData("12 p1 1 maybe a")]
    [InlineData("12 p1 1 call")]
    [InlineData("12 p1 1 call steal a")]
    [InlineData("12 p1 1 call pop")]
    [InlineData("12 p1 1 call pop many")]
    public void WhatIsNoEventIsRefused(string line) => Assert.Throws<FormatException>(() => HistoryEvent.Parse(line));

    [Theory]
    [InlineData("it was not called", "12 p 1 ok a")]
    [InlineData("it was called twice", "1 p 1 call push a", "2 p 1 call push b")]
    [InlineData("it is over", "1 p 1 call push a", "2 p 1 end", "3 p 1 ok a")]
    [InlineData("it is older than its call", "5 p 1 call push a", "4 p 1 ok a")]
    [InlineData("it was not called for that", "1 p 1 call push a", "2 p 1 ok b")]
    [InlineData("it has one outcome", "1 p 1 call push a", "2 p 1 ok a", "3 p 1 fail a")]
    [InlineData("it has one outcome", "1 p 1 call push a", "2 p 1 fail a", "3 p 1 ok a")]
    [InlineData("a message is pushed once", "1 p 1 call push a", "2 p 2 call push a")]
    public void EventsThatDoNotFitTogetherAreRefused(string why, params string[] lines) =>
        Assert.NotEmpty(Assert.Throws<FormatException>(() => History.Of(lines)).Message + why);

    [Fact]
    public void ALineThatWasCutByTheEndOfItsProcessIsLeftOut()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "1 p 1 call push abc\n2 p 1 ok a");
            var history = History.Read(file);
            Assert.Equal(HistoryOutcome.Unknown, history.Operations.Single().OutcomeOf("abc"));
            Assert.Null(history.Operations.Single().EndedAt);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
