using System.Diagnostics;
using ConsulMq.Consul;

namespace ConsulMq.Bench;

/// <summary>The measures that go through the core.</summary>
internal static class QueueMeasures
{
    /// <summary>A body of 200 bytes.</summary>
    public static readonly string Body = string.Concat(Enumerable.Repeat("0123456789abcdef-ok. ", 10))[..200];

    private static readonly byte[] RawBody = System.Text.Encoding.ASCII.GetBytes(Body);

    public static async Task<(double Value, double Baseline, double Ratio)> PushAsync(string address, int clients, int perRound, int rounds)
    {
        using var fleet = new Fleet(address, clients);
        var round = 0;
        return await Rounds.RunAsync(
            rounds,
            () => Rounds.RateAsync(perRound, () => fleet.EachAsync(perRound / clients, (connection, _, _) => connection.Queue("jobs").PushAsync(Draft(), default))),
            () =>
            {
                var number = round++;
                return Rounds.RateAsync(perRound, () => fleet.EachRawAsync(perRound / clients, (raw, client, i) => raw.PutAsync($"raw/{number}/{client}/{i:x8}", RawBody)));
            });
    }

    public static async Task<(double Value, double Baseline, double Ratio)> PopAsync(string address, int clients, int perRound, int rounds)
    {
        using var fleet = new Fleet(address, clients);
        using var fill = new Fleet(address, 16);
        return await Rounds.RunAsync(
            rounds,
            () => PopRoundAsync(fleet, fill, "jobs", perRound),
            async () =>
            {
                await fill.EachRawAsync(perRound / 16, (raw, client, i) => raw.PutAsync($"raw/{client}/{i:x8}", RawBody));
                var keys = Enumerable.Range(0, 16).SelectMany(c => Enumerable.Range(0, perRound / 16).Select(i => $"raw/{c}/{i:x8}")).ToArray();
                var share = keys.Length / clients;
                return await Rounds.RateAsync(share * clients, () => fleet.EachRawAsync(share, (raw, client, i) => raw.DeleteAsync(keys[(client * share) + i])));
            });
    }

    /// <summary>Leases and completes, one message at a time, against raw PUTs of one client.</summary>
    public static async Task<(double Value, double Baseline, double Ratio)> LeaseAsync(string address, int perRound, int rounds)
    {
        using var fleet = new Fleet(address, 1);
        using var fill = new Fleet(address, 16);
        var round = 0;
        return await Rounds.RunAsync(
            rounds,
            async () =>
            {
                await FillAsync(fill, "jobs", perRound);
                var queue = fleet.Connections[0].Queue("jobs");
                var rate = await Rounds.RateAsync(perRound - 16, async () =>
                {
                    using var consumer = queue.OpenConsumer();
                    for (var i = 0; i < perRound - 16; i++)
                    {
                        var item = (await consumer.LeaseAsync(1, null, default)).Items.Single();
                        await queue.SettleAsync(Settlement.Of(SettlementKind.Complete, item), default);
                    }
                });
                await queue.ClearAsync(false, default);
                return rate;
            },
            () =>
            {
                var number = round++;
                return Rounds.RateAsync(perRound, () => fleet.EachRawAsync(perRound, (raw, client, i) => raw.PutAsync($"raw/{number}/{client}/{i:x8}", RawBody)));
            });
    }

    /// <summary>Competing consumers in a queue of strict order against the same ones in a queue without it.</summary>
    public static async Task<(double Value, double Baseline, double Ratio)> PopStrictAsync(string address, int clients, int perRound, int rounds)
    {
        using var fleet = new Fleet(address, clients);
        using var fill = new Fleet(address, 16);
        await fill.Connections[0].Queue("strict").CreateAsync(new QueueSettings { StrictOrder = true }, default);
        return await Rounds.RunAsync(
            rounds, () => PopRoundAsync(fleet, fill, "strict", perRound), () => PopRoundAsync(fleet, fill, "jobs", perRound));
    }

    /// <summary>Pushes at depth 100,000 against pushes at depth 100: two queues of one Consul.</summary>
    public static async Task<(double Value, double Baseline, double Ratio)> PushDeepAsync(string address, int perRound, int rounds)
    {
        using var fleet = new Fleet(address, 1);
        using var fill = new Fleet(address, 16);
        await FillAsync(fill, "deep", 100_000);
        await FillAsync(fill, "shallow", 96);
        return await Rounds.RunAsync(rounds, () => Push("deep"), async () =>
        {
            await fleet.Connections[0].Queue("shallow").ClearAsync(false, default);
            await FillAsync(fill, "shallow", 96);
            return await Push("shallow");
        });

        Task<double> Push(string queue) =>
            Rounds.RateAsync(perRound, () => fleet.EachAsync(perRound, (connection, _, _) => connection.Queue(queue).PushAsync(Draft(), default)));
    }

    /// <summary>Pops at depth 100,000 against pops at depth 100: two queues of one Consul; what was popped is pushed again, outside of the clock.</summary>
    public static async Task<(double Value, double Baseline, double Ratio)> PopDeepAsync(string address, int perRound, int rounds)
    {
        using var fleet = new Fleet(address, 1);
        using var fill = new Fleet(address, 16);
        await FillAsync(fill, "deep", 100_000);
        return await Rounds.RunAsync(rounds, () => Pop("deep"), async () =>
        {
            // A hundred stay below what the round takes.
            await FillAsync(fill, "shallow", perRound + 96);
            var rate = await Pop("shallow");
            await fleet.Connections[0].Queue("shallow").ClearAsync(false, default);
            return rate;
        });

        async Task<double> Pop(string queue)
        {
            using var consumer = fleet.Connections[0].Queue(queue).OpenConsumer();
            return await Rounds.RateAsync(perRound, async () =>
            {
                for (var i = 0; i < perRound; i++)
                {
                    if ((await consumer.PopAsync(1, default)).Items.Count != 1)
                        throw new InvalidOperationException("The queue ran dry.");
                }
            });
        }
    }

    /// <summary>From the return of a push to the return of a pop that waited for it, in ms.</summary>
    public static async Task<double> WakeAsync(string address, int rounds)
    {
        using var fleet = new Fleet(address, 2);
        using var consumer = fleet.Connections[0].Queue("wake").OpenConsumer();
        var delays = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var popped = Task.Run(async () =>
            {
                while ((await consumer.PopAsync(1, default)).Items.Count == 0)
                    await consumer.WaitAsync(TimeSpan.FromSeconds(30), default);
                return Stopwatch.GetTimestamp();
            });
            await Task.Delay(40);
            await fleet.Connections[1].Queue("wake").PushAsync(Draft(), default);
            var pushed = Stopwatch.GetTimestamp();
            delays.Add(Stopwatch.GetElapsedTime(pushed, await popped).TotalMilliseconds);
        }

        return Rounds.Median(delays.Skip(3));
    }

    /// <summary>Fills a queue, and pops from it with all clients at once.</summary>
    private static async Task<double> PopRoundAsync(Fleet fleet, Fleet fill, string queue, int perRound)
    {
        await FillAsync(fill, queue, perRound);
        // The last few stay: a consumer that finds nothing measures something else.
        var tickets = perRound - (2 * fleet.Connections.Count);
        var rate = await Rounds.RateAsync(tickets, () => fleet.RunAsync(async (connection, _) =>
        {
            using var consumer = connection.Queue(queue).OpenConsumer();
            while (Interlocked.Decrement(ref tickets) >= 0)
            {
                if ((await consumer.PopAsync(1, default)).Items.Count != 1)
                    throw new InvalidOperationException("The queue ran dry.");
            }
        }));
        await fill.Connections[0].Queue(queue).ClearAsync(false, default);
        return rate;
    }

    private static MessageDraft Draft() => new() { Body = MessageBody.FromText(Body) };

    private static Task FillAsync(Fleet fleet, string queue, int count) =>
        fleet.EachAsync(count / fleet.Connections.Count, (connection, _, _) => connection.Queue(queue).PushAsync(Draft(), default));

    /// <summary>Clients that share nothing, not even HTTP connections.</summary>
    private sealed class Fleet : IDisposable
    {
        public Fleet(string address, int clients)
        {
            Connections = [.. Enumerable.Range(0, clients).Select(_ => new ConsulMqConnection(new HttpConsul(new ConsulOptions { Address = address })))];
            Raw = [.. Enumerable.Range(0, clients).Select(_ => new RawConsul(address))];
        }

        public IReadOnlyList<ConsulMqConnection> Connections { get; }

        private IReadOnlyList<RawConsul> Raw { get; }

        public Task RunAsync(Func<ConsulMqConnection, int, Task> client) =>
            Task.WhenAll(Connections.Select((connection, number) => Task.Run(() => client(connection, number))));

        public Task EachAsync(int times, Func<ConsulMqConnection, int, int, Task> action) => RunAsync(async (connection, number) =>
        {
            for (var i = 0; i < times; i++)
                await action(connection, number, i);
        });

        public Task EachRawAsync(int times, Func<RawConsul, int, int, Task> action) => Task.WhenAll(Raw.Select((raw, number) => Task.Run(async () =>
        {
            for (var i = 0; i < times; i++)
                await action(raw, number, i);
        })));

        public void Dispose()
        {
            foreach (var connection in Connections)
                connection.Dispose();
            foreach (var raw in Raw)
                raw.Dispose();
        }
    }
}
