using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class ClearExpiredOnModel() : ClearExpiredBehaviour(new ModelBackend());

public sealed class ClearExpiredOnConsul(ConsulFixture consul) : ClearExpiredBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Of a queue only that is removed whose time is over.</summary>
public abstract class ClearExpiredBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    private readonly ManualClock _clock = new();

    private static MessageDraft Short(string text) => Text(text) with { TimeToLive = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task OnlyWhatHasExpiredGoesAndItsBigBodiesWithIt()
    {
        using var connection = Connect(new ConnectionSettings { Clock = _clock });
        var jobs = connection.Queue("jobs");
        await jobs.CreateAsync(new QueueSettings { DeadLetterExpired = true }, None);
        using (var push = jobs.OpenPush())
        {
            for (var i = 0; i < 300; i++)
                await push.AddAsync(i % 3 == 0 ? Text($"m{i}") : Short($"m{i}"), null, None);
            await push.AddAsync(new MessageDraft { Body = MessageBody.FromBytes(new byte[600_000]), TimeToLive = TimeSpan.FromSeconds(10) }, null, None);
            await push.FlushAsync(None);
        }

        await jobs.PushAsync(Short("later") with { NotBefore = _clock.UtcNow + TimeSpan.FromHours(1) }, None);
        // Some of them stand in front, where they came back to.
        await Settle(jobs, SettlementKind.Return, await Lease(jobs, 6));
        var held = await Lease(jobs, 1);
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(201, await jobs.ClearExpiredAsync(None));
        Assert.Equal(0, await jobs.ClearExpiredAsync(None));
        var summary = (await jobs.SummaryAsync(None))!;
        Assert.Equal((99, 1, 1), (summary.Depth, summary.InFlight, summary.Scheduled));
        Assert.Empty(await Keys("d/"));
        Assert.Null(await connection.Queue("jobs.dead").SummaryAsync(None));
        await Settle(jobs, SettlementKind.Return, held);
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => $"m{3 * i}"), await PopAll(jobs));
    }

    [Fact]
    public async Task SeveralAtOnceRemoveEachOnceAndConsumersLoseNothing()
    {
        using var connection = Connect(new ConnectionSettings { Clock = _clock });
        var jobs = connection.Queue("jobs");
        using (var push = jobs.OpenPush())
        {
            for (var i = 0; i < 400; i++)
                await push.AddAsync(i % 2 == 0 ? Text($"m{i}") : Short($"m{i}"), null, None);
            await push.FlushAsync(None);
        }

        _clock.Advance(TimeSpan.FromSeconds(11));
        using var other = Connect(new ConnectionSettings { Clock = _clock });
        var removals = new[] { jobs.ClearExpiredAsync(None), other.Queue("jobs").ClearExpiredAsync(None) };
        var popped = await PopAll(jobs, 7);
        Assert.InRange((await Task.WhenAll(removals)).Sum(), 0, 200);
        Assert.Equal(200, popped.Count);
        Assert.Empty(await Keys("p/"));
    }

    [Fact]
    public async Task AQueueThatIsNotThereIsAnError()
    {
        using var connection = Connect();
        var error = await Assert.ThrowsAsync<ConsulMqException>(() => connection.Queue("jobs").ClearExpiredAsync(None));
        Assert.Equal(ConsulMqError.QueueNotFound, error.Error);
    }
}
