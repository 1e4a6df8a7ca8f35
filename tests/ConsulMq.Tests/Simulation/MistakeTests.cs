using ConsulMq.Tests.Simulation.Mistakes;
using ConsulMq.Tests.Simulation.Shrinking;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Tests.Simulation;

/// <summary>The simulation bites: each mistake that is put back is found, within so many schedules.</summary>
public sealed class MistakeTests
{
    [Theory]
    [InlineData(Mistake.TakeWithDeleteCas, 50)]
    [InlineData(Mistake.DeleteWithoutCursorCheck, 100)]
    [InlineData(Mistake.TouchThatRepeats, 100)]
    [InlineData(Mistake.ReceiptSet, 50)]
    [InlineData(Mistake.PushWithoutTailCheck, 50)]
    [InlineData(Mistake.ClaimWithoutHeadCheck, 200)]
    [InlineData(Mistake.DropEntryWhoseCursorLost, 500)]
    [InlineData(Mistake.SealByAnotherSnapshot, 1500)]
    [InlineData(Mistake.MoveWithoutCheck, 100)]
    [InlineData(Mistake.SignalThatRepeats, 500)]
    [InlineData(Mistake.CollectReceiptsInUse, 50)]
    [InlineData(Mistake.SettleWithoutCursor, 200)]
    [InlineData(Mistake.SettleWithoutLease, 100)]
    [InlineData(Mistake.ReapTheLiving, 20)]
    [InlineData(Mistake.ReapByAnOldList, 300)]
    [InlineData(Mistake.LeaseWithoutLock, 300)]
    [InlineData(Mistake.AnyOlderFence, 100)]
    [InlineData(Mistake.InsertWithoutTouch, 50)]
    [InlineData(Mistake.FrontWithoutHead, 50)]
    [InlineData(Mistake.PushWithoutWritingTheTail, 300)]
    [InlineData(Mistake.NoteIdWithoutCheck, 200)]
    [InlineData(Mistake.PickWithoutCheck, 200)]
    public void AMistakeIsFound(Mistake mistake, int within)
    {
        var seed = Enumerable.Range(1, within).FirstOrDefault(seed => Simulation.Run(seed, mistake).Violation is not null);
        Assert.True(seed > 0, $"{mistake} was not found in {within} schedules.");
        new Figures("Simulation").Write($"{mistake} found in schedule", $"{seed} (of {within} at most)");
    }

    /// <summary>What is left of a schedule that fails is short, plays the same again from its text, and fails of the same.</summary>
    [Theory]
    [InlineData(Mistake.ReceiptSet)]
    [InlineData(Mistake.PushWithoutTailCheck)]
    [InlineData(Mistake.SettleWithoutLease)]
    public void AFailureIsShrunkToAShortStory(Mistake mistake)
    {
        var failed = Enumerable.Range(1, 500).Select(seed => Simulation.Run(seed, mistake, tell: true)).First(static r => r.Violation is not null && r.Story.Count > 200);
        var shrunk = Shrinker.Shrink(failed, mistake);
        Assert.True(shrunk.Story.Count * 2 < failed.Story.Count, $"{failed.Story.Count} lines became {shrunk.Story.Count}.");
        Assert.Equal(Shrinker.KindOf(failed.Violation!), Shrinker.KindOf(shrunk.Violation!));
        Assert.Equal(shrunk.Story, Simulation.Run(Plan.Parse(shrunk.Plan.ToString()), mistake, tell: true).Story);
    }

    [Fact]
    public void ShrinkingIsTheSameEveryTime()
    {
        var failed = Enumerable.Range(1, 500).Select(static seed => Simulation.Run(seed, Mistake.TakeWithDeleteCas)).First(static r => r.Violation is not null);
        Assert.Equal(Shrinker.Shrink(failed, Mistake.TakeWithDeleteCas).Plan.ToString(), Shrinker.Shrink(failed, Mistake.TakeWithDeleteCas).Plan.ToString());
    }
}
