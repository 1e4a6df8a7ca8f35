using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Tests.InMemory;

namespace ConsulMq.Tests.Nodes;

public sealed class HourOfAlertTests
{
    /// <summary>Consul removes services that are critical for a minute where it is asked to; an alert has to stay for as long as there is reason for it.</summary>
    [Fact]
    public void A_queue_that_is_critical_for_an_hour_stays_in_Consul_all_the_time()
    {
        var clock = new ManualClock();
        using var consul = new InMemoryConsul(new InMemoryConsulOptions { Clock = clock, RunContinuationsAsynchronously = false });
        using var connection = new ConsulMqConnection(consul, new ConnectionSettings { Clock = clock, Continuations = TaskCreationOptions.None });
        Now(connection.Queue("jobs").PushAsync(new MessageDraft { Body = MessageBody.FromText("x") }, default));
        var check = Now(connection.RegisterQueueCheckAsync("jobs", new QueueThresholds { WarningAge = TimeSpan.FromMinutes(5), CriticalAge = TimeSpan.FromMinutes(10) }, default));
        var seen = new List<CheckStatus>();
        clock.Advance(TimeSpan.FromSeconds(1));
        for (var minute = 1; minute <= 60; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            var instance = Assert.Single(Now(consul.ListServiceAsync("consulmq-queue", default, default)).Instances);
            Assert.Equal(check.ServiceId, instance.Id);
            seen.Add(instance.Status);
        }

        Assert.Equal(Enumerable.Repeat(CheckStatus.Passing, 4).Concat(Enumerable.Repeat(CheckStatus.Warning, 5)).Concat(Enumerable.Repeat(CheckStatus.Critical, 51)), seen);
        Assert.Equal("jobs: 1 ready, 0 in flight, oldest 59m (critical at 10m)", check.Output);
    }

    private static T Now<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "It should be done by now.");
        return task.GetAwaiter().GetResult();
    }
}
