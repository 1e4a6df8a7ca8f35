using ConsulMq.TestSupport.Histories;

namespace ConsulMq.Tests.Histories;

/// <summary>Histories that are right, and histories that are wrong on purpose: each verdict, and what must not be taken for it.</summary>
public sealed class HistoryCheckerTests
{
    [Fact]
    public void OneAfterTheOther()
    {
        var report = Check("1 p 1 call push a b", "2 p 1 ok a b", "3 p 1 end", "4 c 1 call pop 1", "5 c 1 ok a", "6 c 1 end", "7 c 2 call pop 1", "8 c 2 ok b", "9 c 2 end",
            "10 c 3 call pop 1", "11 c 3 ok", "12 c 3 end");
        Assert.True(report.IsRight, report.ToString());
        Assert.Equal((2, 2, 0, 0), (report.Pushed, report.Taken, report.Redelivered, report.Unknown));
    }

    [Fact]
    public void WhatNobodyTookIsLost()
    {
        var report = Check("1 p 1 call push a b", "2 p 1 ok a b", "3 p 1 end", "4 c 1 call pop 2", "5 c 1 ok a", "6 c 1 end");
        Assert.Equal(["b"], Names(report.Lost));
        Assert.Contains("Lost: 1", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsLeasedAndNeverCompletedIsLost() =>
        Assert.Equal(["a"], Names(Check("1 p 1 call push a", "2 p 1 ok a", "3 p 1 end", "4 c 1 call lease 1", "5 c 1 ok a", "6 c 1 end").Lost));

    [Theory]
    [InlineData("1 p 1 call push a")]
    [InlineData("1 p 1 call push a", "2 p 1 end")]
    [InlineData("1 p 1 call push a", "2 p 1 fail a", "3 p 1 end")]
    public void WhatWasNotKnownToBePushedIsNotLost(params string[] lines) => Assert.True(Check(lines).IsRight);

    [Fact]
    public void APopThatNobodyHeardOfExplainsAsManyAsItMayHaveTaken()
    {
        string[] pushes = ["1 p 1 call push a b c", "2 p 1 ok a b c", "3 p 1 end"];
        var report = Check([.. pushes, "4 c 1 call pop 3", "5 c 1 ok a"]);
        Assert.True(report.IsRight, report.ToString());
        Assert.Equal(["b", "c"], Names(report.Unaccounted));
        Assert.Equal(["b", "c"], Names(Check([.. pushes, "4 c 1 call pop 2", "5 c 1 ok a"]).Lost));
        // A lease explains nothing: what it took comes back.
        Assert.Equal(["a", "b", "c"], Names(Check([.. pushes, "4 c 1 call lease 3"]).Lost));
    }

    [Fact]
    public void ACompletionThatNobodyHeardOfExplainsItsMessageOnly()
    {
        var report = Check("1 p 1 call push a b", "2 p 1 ok a b", "3 p 1 end", "4 c 1 call lease 2", "5 c 1 ok a b", "6 c 1 end", "7 c 2 call complete a");
        Assert.Equal(["a"], Names(report.Unaccounted));
        Assert.Equal(["b"], Names(report.Lost));
    }

    [Theory]
    [InlineData("4 c 1 call pop 1", "5 c 1 ok a", "6 c 1 end", "4 d 1 call pop 1", "5 d 1 ok a", "6 d 1 end")]
    [InlineData("4 c 1 call lease 1", "5 c 1 ok a", "6 c 1 end", "7 c 2 call complete a", "9 c 2 ok a", "7 d 1 call complete a", "8 d 1 ok a")]
    [InlineData("4 c 1 call lease 1", "5 c 1 ok a", "6 c 1 end", "4 d 1 call pop 1", "8 d 1 ok a", "7 c 2 call complete a", "9 c 2 ok a")]
    public void WhatIsTakenForGoodTwiceIsDuplicated(params string[] takes) =>
        Assert.Equal(["a"], Names(Check(["1 p 1 call push a", "2 p 1 ok a", "3 p 1 end", .. takes]).Duplicated));

    [Fact]
    public void ALeaseThatComesBackIsNoDuplicate()
    {
        var report = Check("1 p 1 call push a", "2 p 1 ok a", "3 p 1 end", "4 c 1 call lease 1", "5 c 1 ok a", "6 d 1 call lease 1", "20 d 1 ok a", "21 d 1 end",
            "22 d 2 call complete a", "23 d 2 ok a", "24 d 2 end", "25 c 2 call complete a", "26 c 2 fail a", "27 c 2 end");
        Assert.True(report.IsRight, report.ToString());
        Assert.Equal(1, report.Redelivered);
    }

    [Fact]
    public void WhatIsDeliveredAfterItsCompletionIsResurrected()
    {
        string[] lines = ["1 p 1 call push a", "2 p 1 ok a", "3 p 1 end", "4 c 1 call lease 1", "5 c 1 ok a", "6 c 1 end", "7 c 2 call complete a", "10 c 2 ok a", "11 c 2 end"];
        Assert.Equal(["a"], Names(Check([.. lines, "12 d 1 call lease 1", "13 d 1 ok a", "14 d 1 end"]).Resurrected));
        // The lease may have been before the completion, which came from somebody else.
        Assert.Empty(Check([.. lines, "9 d 1 call lease 1", "13 d 1 ok a", "14 d 1 end"]).Resurrected);
    }

    [Fact]
    public void WhatComesOutAfterAClearIsResurrected()
    {
        string[] lines = ["1 p 1 call push a", "2 p 1 ok a", "3 p 1 end", "4 o 1 call clear", "6 o 1 ok", "7 o 1 end"];
        Assert.True(Check(lines).IsRight);
        Assert.Equal(["a"], Names(Check([.. lines, "8 c 1 call pop 1", "9 c 1 ok a", "10 c 1 end"]).Resurrected));
        Assert.True(Check([.. lines, "5 c 1 call pop 1", "9 c 1 ok a", "10 c 1 end"]).IsRight);
    }

    [Theory]
    [InlineData("4 c 1 call pop 1", "5 c 1 ok a", "6 c 1 end")]
    [InlineData("1 p 1 call push a", "2 p 1 fail a", "3 p 1 end", "4 c 1 call pop 1", "5 c 1 ok a", "6 c 1 end")]
    [InlineData("6 p 1 call push a", "7 p 1 ok a", "8 p 1 end", "4 c 1 call pop 1", "5 c 1 ok a", "6 c 1 end")]
    public void WhatNeverWentInIsInvented(params string[] lines) => Assert.Equal(["a"], Names(Check(lines).Invented));

    [Fact]
    public void APushThatNobodyHeardOfMayComeOut() =>
        Assert.True(Check("1 p 1 call push a", "4 c 1 call pop 1", "5 c 1 ok a", "6 c 1 end").IsRight);

    [Fact]
    public void WhatWasPushedFirstComesFirst()
    {
        string[] pushes = ["1 p 1 call push a", "2 p 1 ok a", "3 p 1 end", "4 q 1 call push b", "5 q 1 ok b", "6 q 1 end"];
        string[] wrong = ["7 c 1 call pop 1", "8 c 1 ok b", "9 c 1 end", "10 c 2 call pop 1", "11 c 2 ok a", "12 c 2 end"];
        var report = Check([.. pushes, .. wrong]);
        Assert.Equal(["a"], Names(report.Reordered));
        Assert.Equal(1, report.MostOvertaken);
        Assert.True(HistoryChecker.Check(History.Of([.. pushes, .. wrong]), mostOvertaking: 1).IsRight);
        // Two consumers at the same time, or two producers at the same time, have no order.
        Assert.True(Check([.. pushes, "7 c 1 call pop 1", "8 c 1 ok b", "9 c 1 end", "7 d 1 call pop 1", "11 d 1 ok a", "12 d 1 end"]).IsRight);
        Assert.True(Check(["1 p 1 call push a", "5 p 1 ok a", "6 p 1 end", "4 q 1 call push b", "5 q 1 ok b", "6 q 1 end", .. wrong]).IsRight);
    }

    [Fact]
    public void WhatSomebodyWhoDiedMayHaveHadIsOvertakenMeanwhile()
    {
        string[] lines = ["1 p 1 call push a", "2 p 1 ok a", "3 p 1 end", "4 p 2 call push b", "5 p 2 ok b", "6 p 2 end",
            "8 c 1 call pop 1", "9 c 1 ok b", "10 c 1 end", "11 c 2 call pop 1", "12 c 2 ok a", "13 c 2 end"];
        Assert.False(Check(lines).IsRight);
        Assert.True(Check([.. lines, "7 d 1 call lease 1"]).IsRight);
    }

    [Fact]
    public void NobodyIsToldThatItIsEmptyWhileSomethingIsThere()
    {
        string[] push = ["1 p 1 call push a", "2 p 1 ok a", "3 p 1 end"];
        string[] empty = ["5 c 1 call pop 1", "7 c 1 ok", "8 c 1 end"];
        string[] pop = ["9 c 2 call pop 1", "10 c 2 ok a", "11 c 2 end"];
        var report = Check([.. push, .. empty, .. pop]);
        Assert.Equal("c", Assert.Single(report.FalselyEmpty).Process);
        Assert.Contains("Falsely empty", report.ToString(), StringComparison.Ordinal);
        // Pushed meanwhile, taken meanwhile, or held by somebody who cannot tell.
        Assert.True(Check(["1 p 1 call push a", "6 p 1 ok a", "7 p 1 end", .. empty, .. pop]).IsRight);
        Assert.True(Check([.. push, .. empty, "6 d 2 call pop 1", "10 d 2 ok a", "11 d 2 end"]).IsRight);
        Assert.True(Check([.. push, "4 d 1 call lease 1", .. empty, .. pop]).IsRight);
    }

    private static HistoryReport Check(params string[] lines) => HistoryChecker.Check(History.Of(lines));

    private static IEnumerable<string> Names(IEnumerable<MessageHistory> messages) => messages.Select(static m => m.Name);
}
