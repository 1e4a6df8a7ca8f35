using ConsulMq.Consul;
using ConsulMq.InMemory;

namespace ConsulMq.Tests.Consul.Conformance;

/// <summary>
/// Plays random histories on the model and on another backend side by side, and compares every answer and the whole state after every step. Indexes
/// are compared by their relations.
/// </summary>
public abstract class DifferentialTests(IConsul other) : IDisposable
{
    private readonly IndexMatch _indexes = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Random_histories_are_the_same_on_both(int seed)
    {
        const int Steps = 300;
        using var model = new InMemoryConsul();
        var (here, there) = (new HistoryPlayer(model), new HistoryPlayer(other));
        var history = new RandomHistory(seed);
        var what = "";
        var committed = 0;
        try
        {
            for (var i = 0; i < RandomHistory.Sessions; i++)
                await Both(here, there, player => player.NewSession(i, SessionBehavior.Release));
            for (var i = 0; i < Steps; i++)
            {
                what = await Step(history, here, there, () => committed++);
                await CompareState(here, there);
            }
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"Seed {seed}: {what}: {e.Message}", e);
        }
        finally
        {
            await there.CleanUp();
        }
        // A history of refusals would prove little.
        Assert.InRange(committed, Steps / 5, Steps);
    }

    public void Dispose()
    {
        other.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task Both(HistoryPlayer here, HistoryPlayer there, Func<HistoryPlayer, Task> step)
    {
        await step(here);
        await step(there);
    }

    private async Task<string> Step(RandomHistory history, HistoryPlayer here, HistoryPlayer there, Action committed)
    {
        if (history.Now(15))
        {
            var (key, value) = (history.Key(), history.Value());
            await Both(here, there, player => player.Put(key, value));
            return $"put {key}";
        }
        if (history.Now(15))
        {
            var key = history.Key();
            await Both(here, there, player => player.Delete(key));
            return $"delete {key}";
        }
        if (history.Now(15))
        {
            var session = history.Session();
            if (history.Now(2))
            {
                await Both(here, there, player => player.EndSession(session));
                return $"end session {session}";
            }
            var behavior = history.Now(2) ? SessionBehavior.Delete : SessionBehavior.Release;
            await Both(here, there, player => player.NewSession(session, behavior));
            return $"new session {session}";
        }
        var steps = history.Transaction();
        var what = string.Join("; ", steps.AsEnumerable());
        var (mine, theirs) = (await here.Run(steps), await there.Run(steps));
        try
        {
            Assert.Equal(theirs.Failures.Select(failure => failure.OpIndex), mine.Failures.Select(failure => failure.OpIndex));
            ComparePairs(here, mine.Pairs, there, theirs.Pairs);
            _indexes.Match(mine.Index, theirs.Index);
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{what}: {e.Message} (model {string.Join(",", mine.Failures)}, other {string.Join(",", theirs.Failures)})", e);
        }
        if (mine.Committed)
            committed();
        return what;
    }

    private async Task CompareState(HistoryPlayer here, HistoryPlayer there)
    {
        var (mine, theirs) = (await here.ListAll(), await there.ListAll());
        ComparePairs(here, mine.Pairs, there, theirs.Pairs);
        foreach (var prefix in RandomHistory.Prefixes)
        {
            (mine, theirs) = (await here.List(prefix), await there.List(prefix));
            ComparePairs(here, mine.Pairs, there, theirs.Pairs);
            // The index of an empty prefix may be the whole table's, where others write too.
            if (mine.Pairs.Count > 0)
                _indexes.Match(mine.Index, theirs.Index);
        }
    }

    private void ComparePairs(HistoryPlayer here, IReadOnlyList<KvPair> mine, HistoryPlayer there, IReadOnlyList<KvPair> theirs)
    {
        Assert.Equal(theirs.Select(there.Describe), mine.Select(here.Describe));
        for (var i = 0; i < mine.Count; i++)
        {
            _indexes.Match(mine[i].CreateIndex, theirs[i].CreateIndex);
            _indexes.Match(mine[i].ModifyIndex, theirs[i].ModifyIndex);
        }
    }
}
