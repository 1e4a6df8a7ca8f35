using ConsulMq.TestSupport;
using Xunit.Abstractions;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>Ctrl-C, as the signal that a terminal sends.</summary>
[Collection(ProcessCollection.Name)]
public sealed class InterruptedProcessTests(ConsulFixture consul, ITestOutputHelper log)
{
    private const int Interrupted = 130;

    /// <summary>For a whole process, engine and all, on a busy machine; the command itself stops in a fraction of that.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_waiting_pop_ends_at_once_and_takes_nothing()
    {
        if (OperatingSystem.IsWindows())
            return; // a signal to a single process does not exist there
        await using var crew = new Crew(consul.Address);
        var consumer = await crew.StartAsync("consumer", Scripts.WaitForOne);
        await consumer.GoAsync();
        await consumer.HasWrittenAsync(1);

        consumer.Interrupt();

        log.WriteLine($"it took {(await consumer.EndsAsync(Interrupted, Soon)).TotalMilliseconds:0} ms");
        Assert.Equal(["waiting"], consumer.Lines);
        crew.Fill(1);
        Assert.Equal(["1"], crew.TakeAll());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    public async Task A_push_at_the_same_moment_is_popped_or_stays(int? millisecondsBefore)
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var crew = new Crew(consul.Address);
        var consumer = await crew.StartAsync("consumer", Scripts.WaitForOne);
        await consumer.GoAsync();
        await consumer.HasWrittenAsync(1);

        if (millisecondsBefore is { } milliseconds)
        {
            crew.Fill(20);
            // Nothing is waited for: these are the moments at which the message is claimed, comes, has come.
            await Task.Delay(milliseconds);
        }

        consumer.Interrupt();
        if (millisecondsBefore is null)
            crew.Fill(20);

        // With its message, if that came before the signal, or without.
        await consumer.EndsAsync(null, Soon);
        log.WriteLine($"it popped: {string.Join(", ", consumer.Lines.Skip(1))}");
        var all = consumer.Lines.Skip(1).Concat(crew.TakeAll()).ToList();
        // PowerShell looks for Ctrl-C once more inside of WriteObject and does not say on which side of handing the message on that was. A signal in
        // that very moment takes the one message along: at most once. Whatever else there is stays.
        if (millisecondsBefore is not null && !all.Contains("1"))
            all.Add("1");
        Deliveries.EachOnce(Enumerable.Range(1, 20).Select(static n => $"{n}"), all);
    }

    [Fact]
    public async Task A_drain_that_is_worked_on_slowly_puts_the_others_back()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var crew = new Crew(consul.Address);
        crew.Fill(5000);
        var consumer = await crew.StartAsync("consumer", Scripts.DrainSlowly);
        await consumer.GoAsync();
        await consumer.HasWrittenAsync(100);

        consumer.Interrupt();

        log.WriteLine($"it took {(await consumer.EndsAsync(Interrupted, Soon)).TotalMilliseconds:0} ms");
        var given = int.Parse(consumer.Lines[^1]);
        var worked = Deliveries.Run(1, consumer.Lines.SkipLast(1));
        var rest = crew.TakeAll();
        log.WriteLine($"{worked} were worked on, {given} were handed over, {rest.Count} are left");
        Assert.InRange(given, worked, worked + 1);
        Assert.Equal(5000, Deliveries.Run(given + 1, rest));
    }

    [Fact]
    public async Task A_long_push_leaves_the_beginning_of_its_input()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var crew = new Crew(consul.Address);
        var producer = await crew.StartAsync("producer", """1..1000000 | ForEach-Object { "$_" } | Push-ConsulMqItem jobs | ForEach-Object { $lines.WriteLine($_.Body) }""");
        await producer.GoAsync();
        await producer.HasWrittenAsync(3000);

        producer.Interrupt();

        log.WriteLine($"it took {(await producer.EndsAsync(Interrupted, Soon)).TotalMilliseconds:0} ms");
        var told = Deliveries.Run(1, producer.Lines);
        var pushed = Deliveries.Run(1, crew.TakeAll());
        log.WriteLine($"{told} were returned, {pushed} are in the queue");
        Assert.True(pushed >= told, $"{told} messages had been returned, and {pushed} were in the queue.");
    }
}
