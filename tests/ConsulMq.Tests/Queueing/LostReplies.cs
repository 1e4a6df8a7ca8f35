using System.Text;
using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing;

/// <summary>A reply that is lost never makes an operation happen twice, nor silently not at all.</summary>
public sealed class LostReplies : IDisposable
{
    private readonly InMemoryConsul _consul = new();
    private readonly Saboteur _saboteur;
    private readonly ConsulMqConnection _connection;

    public LostReplies()
    {
        _saboteur = new Saboteur(_consul);
        _connection = new ConsulMqConnection(new Unowned(_saboteur), new ConnectionSettings { Timeout = TimeSpan.FromSeconds(2), Random = new OnePage() });
    }

    private static CancellationToken None => CancellationToken.None;

    private MessageQueue Queue => _connection.Queue("jobs");

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    private async Task<List<string>> Drain()
    {
        using var other = new ConsulMqConnection(new Unowned(_consul));
        using var consumer = other.Queue("jobs").OpenConsumer();
        var all = new List<string>();
        while ((await consumer.PopAsync(10, None)).Items is { Count: > 0 } items)
            all.AddRange(items.Select(i => i.ReadContent().Text!));
        return all;
    }

    [Theory]
    [InlineData(Sabotage.LoseRequest)]
    [InlineData(Sabotage.LoseReply)]
    [InlineData(Sabotage.Resend)]
    [InlineData(Sabotage.CommitAfterNextRequest)]
    public async Task APushHappensOnce(Sabotage sabotage)
    {
        await Queue.PushAsync(Text("a"), None);
        _saboteur.Next = sabotage;
        await Queue.PushAsync(Text("b"), None);
        await Queue.PushAsync(Text("c"), None);
        Assert.Equal(Sabotage.None, _saboteur.Next);
        Assert.Equal(["a", "b", "c"], await Drain());
    }

    [Theory]
    [InlineData(Sabotage.LoseRequest)]
    [InlineData(Sabotage.LoseReply)]
    [InlineData(Sabotage.Resend)]
    [InlineData(Sabotage.CommitAfterNextRequest)]
    public async Task ThePushThatCreatesTheQueueHappensOnce(Sabotage sabotage)
    {
        _saboteur.Next = sabotage;
        await Queue.PushAsync(Text("a"), None);
        Assert.Equal(["a"], await Drain());
    }

    [Theory]
    [InlineData(Sabotage.LoseRequest)]
    [InlineData(Sabotage.LoseReply)]
    [InlineData(Sabotage.Resend)]
    [InlineData(Sabotage.CommitAfterNextRequest)]
    public async Task APushUnderAnIdIsNotItsOwnDuplicate(Sabotage sabotage)
    {
        await Queue.CreateAsync(new QueueSettings { MaxDepth = 2 }, None);
        await Queue.PushAsync(Text("a"), None);
        _saboteur.Next = sabotage;
        var first = await Queue.PushAsync(Text("b") with { DeduplicationId = "b" }, None);
        Assert.Equal(Sabotage.None, _saboteur.Next);
        Assert.False(first.IsDuplicate);
        var second = await Queue.PushAsync(Text("b again") with { DeduplicationId = "b" }, None);
        Assert.Equal((true, first.Id), (second.IsDuplicate, second.Id));
        // Nor does it take more room than one.
        Assert.Equal(2, (await Queue.SummaryAsync(None))!.Depth);
        Assert.Equal(["a", "b"], await Drain());
    }

    [Theory]
    [InlineData(Sabotage.LoseRequest)]
    [InlineData(Sabotage.LoseReply)]
    [InlineData(Sabotage.Resend)]
    [InlineData(Sabotage.CommitAfterNextRequest)]
    public async Task AChangeOfSettingsHappensOnce(Sabotage sabotage)
    {
        await Queue.CreateAsync(new QueueSettings { MaxDeliveries = 1 }, None);
        _saboteur.Next = sabotage;
        await Queue.ChangeAsync(static s => s with { MaxDeliveries = s.MaxDeliveries + 1 }, None);
        Assert.Equal(2, (await Queue.SummaryAsync(None))!.MaxDeliveries);
        _saboteur.Next = sabotage;
        await _connection.Queue("new").CreateAsync(null, None);
        Assert.Equal(Sabotage.None, _saboteur.Next);
    }

    [Theory]
    [InlineData(Sabotage.LoseRequest)]
    [InlineData(Sabotage.LoseReply)]
    [InlineData(Sabotage.Resend)]
    [InlineData(Sabotage.CommitAfterNextRequest)]
    public async Task APopHappensOnce(Sabotage sabotage)
    {
        foreach (var text in new[] { "a", "b", "c" })
            await Queue.PushAsync(Text(text), None);
        using var consumer = Queue.OpenConsumer();
        _saboteur.Next = sabotage;
        Assert.Equal("a", (await consumer.PopAsync(1, None)).Items.Single().ReadContent().Text);
        Assert.Equal("b", (await consumer.PopAsync(1, None)).Items.Single().ReadContent().Text);
        Assert.Equal(["c"], await Drain());
    }

    [Theory]
    [InlineData(Sabotage.LoseRequest)]
    [InlineData(Sabotage.LoseReply)]
    [InlineData(Sabotage.Resend)]
    [InlineData(Sabotage.CommitAfterNextRequest)]
    public async Task ADelayedPushHappensOnceAndSoDoesItsMoveIntoTheQueue(Sabotage sabotage)
    {
        var notBefore = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(300);
        await Queue.PushAsync(Text("a"), None);
        _saboteur.Next = sabotage;
        await Queue.PushAsync(Text("b") with { NotBefore = notBefore }, None);
        using var consumer = Queue.OpenConsumer();
        Assert.Equal("a", (await consumer.PopAsync(1, None)).Items.Single().ReadContent().Text);
        Assert.Equal(Sabotage.None, _saboteur.Next);
        // The next write is the one that moves it.
        _saboteur.Next = sabotage;
        Assert.True(await consumer.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.Equal(["b"], await Drain());
        Assert.Equal(Sabotage.None, _saboteur.Next);
    }

    [Theory]
    [InlineData(Sabotage.LoseRequest)]
    [InlineData(Sabotage.LoseReply)]
    [InlineData(Sabotage.Resend)]
    [InlineData(Sabotage.CommitAfterNextRequest)]
    public async Task AnImportHappensOnce(Sabotage sabotage)
    {
        var file = Encoding.UTF8.GetBytes(string.Concat("abc".Select(static c => $"{{\"id\":\"{Guid.NewGuid()}\",\"text\":\"{c}\"}}\n")));
        _saboteur.Next = sabotage;
        Assert.Equal((3, 0), await Import(file));
        Assert.Equal(Sabotage.None, _saboteur.Next);
        Assert.Equal(["a", "b", "c"], await Drain());
        Assert.Equal((0, 3), await Import(file));
    }

    [Fact]
    public async Task AnImportThatCouldNotTellWhatHappenedGoesOnBehindIt()
    {
        var file = Encoding.UTF8.GetBytes(string.Concat("abc".Select(static c => $"{{\"id\":\"{Guid.NewGuid()}\",\"text\":\"{c}\"}}\n")));
        _saboteur.Next = Sabotage.LoseReplyAndStayAway;
        Assert.Equal(ConsulMqError.OutcomeUnknown, (await Assert.ThrowsAsync<ConsulMqException>(() => Import(file))).Error);
        _saboteur.Next = Sabotage.None;
        Assert.Equal((2, 1), await Import(file));
        Assert.Equal(["a", "b", "c"], await Drain());
    }

    private async Task<(long Added, long Skipped)> Import(byte[] file)
    {
        using var import = _connection.OpenImport(new MemoryStream(file), "x.jsonl", "jobs");
        while (await import.NextAsync(None))
        {
            // To the end.
        }

        return (import.Added, import.Skipped);
    }

    [Fact]
    public async Task WhenConsulStaysAwayTheOutcomeIsUnknownAndNothingIsSentAgain()
    {
        await Queue.PushAsync(Text("a"), None);
        _saboteur.Next = Sabotage.LoseReplyAndStayAway;
        var error = await Assert.ThrowsAsync<ConsulMqException>(() => Queue.PushAsync(Text("b"), None));
        Assert.Equal(ConsulMqError.OutcomeUnknown, error.Error);
        _saboteur.Next = Sabotage.None;
        Assert.Equal(["a", "b"], await Drain());
    }

    [Fact]
    public async Task ACancelledPopThatCommittedPutsBackWhatItTook()
    {
        foreach (var text in new[] { "a", "b", "c" })
            await Queue.PushAsync(Text(text), None);
        using (var consumer = Queue.OpenConsumer())
        {
            using var cancel = new CancellationTokenSource();
            _saboteur.Hold = new TaskCompletionSource();
            var pop = consumer.PopAsync(2, cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pop);
            _saboteur.Hold.SetResult();
        }

        _connection.Dispose();
        Assert.Equal(["a", "b", "c"], await Drain());
    }

    [Fact]
    public async Task WhatIsPutBackWaitsForConsulToReturn()
    {
        foreach (var text in new[] { "a", "b" })
            await Queue.PushAsync(Text(text), None);
        using (var consumer = Queue.OpenConsumer())
        {
            var items = (await consumer.PopAsync(2, None)).Items;
            _saboteur.Next = Sabotage.Away;
            var back = consumer.PutBackAsync(items, None);
            // Longer than an operation tries by itself, which is two seconds here.
            await Task.WhenAny(back, Task.Delay(TimeSpan.FromSeconds(3)));
            Assert.False(back.IsCompleted);
            _saboteur.Next = Sabotage.None;
            await back;
        }

        Assert.Equal(["a", "b"], await Drain());
    }

    public enum Sabotage
    {
        None,
        LoseRequest,
        LoseReply,
        Resend,
        CommitAfterNextRequest,
        LoseReplyAndStayAway,
        Away,
    }

    /// <summary>Disturbs the next write.</summary>
    private sealed class Saboteur(IConsul inner) : DelegatingConsul(inner)
    {
        private Func<Task>? _late;

        public Sabotage Next { get; set; }

        public TaskCompletionSource? Hold { get; set; }

        public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            var copy = operations.ToArray();
            if (copy.All(static o => o.IsRead))
                return Next == Sabotage.Away ? throw Lost() : await base.TransactAsync(copy, consistency, cancellation);
            if (Hold is { } hold)
            {
                var held = await base.TransactAsync(copy, consistency, cancellation);
                await hold.Task;
                return held;
            }

            var sabotage = Next;
            Next = Sabotage.None;
            switch (sabotage)
            {
                case Sabotage.LoseRequest:
                    throw Lost();
                case Sabotage.LoseReply:
                    await base.TransactAsync(copy, consistency, cancellation);
                    throw Lost();
                case Sabotage.Resend:
                    await base.TransactAsync(copy, consistency, cancellation);
                    return await base.TransactAsync(copy, consistency, cancellation);
                case Sabotage.CommitAfterNextRequest:
                    _late = () => base.TransactAsync(copy, consistency, cancellation);
                    throw Lost();
                case Sabotage.LoseReplyAndStayAway:
                    await base.TransactAsync(copy, consistency, cancellation);
                    Next = Sabotage.Away;
                    throw Lost();
                case Sabotage.Away:
                    Next = Sabotage.Away;
                    throw Lost();
            }

            var result = await base.TransactAsync(copy, consistency, cancellation);
            if (_late is { } late)
            {
                _late = null;
                await late();
            }

            return result;
        }

        public override Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation) =>
            Next == Sabotage.Away ? throw Lost() : base.GetAsync(key, options, cancellation);

        private static ConsulException Lost() => new(ConsulFault.ConnectionLost, "in-memory", true, "The connection broke");
    }
}
