using ConsulMq.Consul;

namespace ConsulMq.Tests.Simulation;

/// <summary>A request on its way: it waits for the step in which it arrives, and its answer for the step in which the client hears it.</summary>
internal sealed class Request<T>(World world, Client client, string what, bool isWrite, Func<CancellationToken, Task<T>> carryOut)
{
    // Completed by a step, and what awaits it goes on within that step.
    private readonly TaskCompletionSource<T> _answer = new();
    private readonly CancellationTokenSource _stop = new();

    public Task<T> SendAsync(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
        {
            cancellation.Register(() =>
            {
                _stop.Cancel();
                _answer.TrySetCanceled(cancellation);
            });
        }

        world.Ready(Arrive);
        return _answer.Task;
    }

    private void Arrive()
    {
        client.Troubles.Pass();
        var (fate, dice) = world.Network.FateOf(client, isWrite);
        if (client.IsDead || _answer.Task.IsCompleted)
        {
            // Nobody waits for it any more; it may have left before.
            if (isWrite && dice.Next(2) == 0)
                CarryOutUnheard("arrives after its sender is gone");
            return;
        }

        switch (fate)
        {
            case Fate.NeverSent:
                Break(ConsulFault.Unreachable, false, "cannot be sent");
                break;
            case Fate.RequestLost:
                Break(ConsulFault.ConnectionLost, true, "is lost on the way");
                break;
            case Fate.ReplyLost:
                if (isWrite)
                    CarryOutUnheard("its answer is lost");
                Break(ConsulFault.ConnectionLost, true, "hears no answer");
                break;
            case Fate.Late or Fate.VeryLate:
                Break(ConsulFault.Timeout, true, "times out, and lingers");
                world.Network.Later(fate, dice, () => CarryOutUnheard("arrives late"));
                break;
            case Fate.Resent:
                CarryOutUnheard("will be sent again");
                CarryOut("arrives again");
                break;
            case Fate.Echoed:
                CarryOut("arrives");
                world.Network.Later(fate, dice, () => CarryOutUnheard("arrives a second time"));
                break;
            default:
                CarryOut("arrives");
                break;
        }
    }

    private void CarryOut(string how)
    {
        var task = carryOut(_stop.Token);
        Tell(how, task);
        _ = AnswerAsync(task);
    }

    private async Task AnswerAsync(Task<T> task)
    {
        try
        {
            var result = await task.ConfigureAwait(false);
            world.Ready(() => Deliver(() => _answer.TrySetResult(result)));
        }
        catch (ConsulException e)
        {
            world.Ready(() => Deliver(() => _answer.TrySetException(e)));
        }
        catch (OperationCanceledException)
        {
            // Its sender has given it up and knows.
        }
    }

    private void Deliver(Action deliver)
    {
        client.Troubles.Pass();
        if (client.IsDead)
            return;
        world.Tell(client.Name, $"hears of: {what}");
        deliver();
    }

    private void CarryOutUnheard(string how) => Tell(how, carryOut(_stop.Token));

    private void Break(ConsulFault fault, bool mayHaveCommitted, string how)
    {
        world.Tell(client.Name, $"{what}: {how}");
        _answer.TrySetException(new ConsulException(fault, "simulated", mayHaveCommitted, "The network failed"));
    }

    private void Tell(string how, Task<T> task)
    {
        if (!world.Story.IsTold)
            return;
        var result = !task.IsCompletedSuccessfully ? "blocks" : task.Result is TransactionResult r ? Wording.Of(r) : "ok";
        world.Tell(client.Name, $"{what}: {how} -> {result}");
    }
}
