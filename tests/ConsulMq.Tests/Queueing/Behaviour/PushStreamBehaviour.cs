using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class PushStreamOnModel() : PushStreamBehaviour(new ModelBackend());

public sealed class PushStreamOnConsul(ConsulFixture consul) : PushStreamBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>What a stream of pushes says of each message.</summary>
public abstract class PushStreamBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    [Fact]
    public async Task ATooLargeMessageFailsAloneAndInItsTurn()
    {
        using var connection = Connect();
        var queue = connection.Queue("jobs");
        using var push = queue.OpenPush();
        await push.AddAsync(Text("a"), 0, None);
        await push.AddAsync(Text("x") with { Tags = [new string('x', 300_000)] }, 1, None);
        await push.AddAsync(Text(new string('z', 250_000)), 2, None);
        await push.AddAsync(Text("b"), 3, None);
        await push.FlushAsync(None);
        var outcomes = new List<PushOutcome>();
        while (push.TryTake(out var outcome))
            outcomes.Add(outcome);
        Assert.Equal([0, 1, 2, 3], outcomes.Select(o => (int)o.Tag!));
        Assert.Equal(ConsulMqError.MessageTooLarge, outcomes[1].Error!.Error);
        Assert.Equal(["a", new string('z', 250_000), "b"], await PopAll(queue));
    }
}
