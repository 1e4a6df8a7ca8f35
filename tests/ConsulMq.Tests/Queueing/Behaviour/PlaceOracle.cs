namespace ConsulMq.Tests.Queueing.Behaviour;

/// <summary>
/// Does operations on a queue and on a plain list, and says where they differ. Several consumers keep what they know of the queue from one operation to the
/// next, and leases come back to their places.
/// </summary>
internal sealed class PlaceOracle : IDisposable
{
    private static CancellationToken None => CancellationToken.None;

    private readonly MessageQueue[] _queues;
    private readonly QueueConsumer[] _consumers;
    private readonly List<string> _order = [];
    private readonly Dictionary<string, Guid> _ids = [];
    private int _next;

    public PlaceOracle(IReadOnlyList<ConsulMqConnection> connections, string queue)
    {
        _queues = [.. connections.Select(connection => connection.Queue(queue))];
        _consumers = [.. _queues.Select(static q => q.OpenConsumer())];
    }

    /// <summary>Does one operation, chosen by the numbers.</summary>
    public async Task DoAsync(int kind, int who, int position, int count)
    {
        var queue = _queues[who % _queues.Length];
        count = 1 + (count % 4);
        position = _order.Count == 0 ? 0 : position % _order.Count;
        switch (kind % 12)
        {
            case 0 or 1:
                await PushAsync(queue.OpenPush(), _order.Count, count);
                break;
            case 2:
                await PushAsync(queue.OpenInsert(0), 0, count);
                break;
            case 3 or 4:
                await PushAsync(queue.OpenInsert(position), position, count);
                break;
            case 5:
                await PushAsync(queue.OpenInsert(_order.Count), _order.Count, 1);
                break;
            case 6:
                Take(await _consumers[who % _consumers.Length].PopAsync(1, None), _order.Take(1));
                break;
            case 7:
                await PickAsync(who, MessageSelection.Last, count, _order.AsEnumerable().Reverse().Take(count));
                break;
            case 8 when _order.Count > 0:
                await PickAsync(who, MessageSelection.At(position), count, _order.Skip(position).Take(count));
                break;
            case 9 when _order.Count > 0:
                string[] chosen = [.. _order.Where((_, i) => i % 5 == position % 5).Take(count)];
                await PickAsync(who, MessageSelection.Of([.. chosen.Select(text => _ids[text])]), count, chosen);
                break;
            case 10 when _order.Count > 0:
                await ReturnAsync(who, queue, position, count);
                break;
            case 11 when _order.Count > 0:
                var seen = await queue.LookAsync(MessageSelection.At(position), count, None);
                Assert.Equal(_order.Skip(position).Take(count), Texts(seen));
                Assert.Equal(Enumerable.Range(position, seen.Items.Count).Select(static i => (long?)i), seen.Items.Select(static item => item.Position));
                break;
        }
    }

    /// <summary>Compares what is left, looked at and then popped.</summary>
    public async Task EndAsync()
    {
        var browser = _queues[0].Browse();
        var seen = new List<string>();
        while (await browser.NextAsync(None) is { } batch)
            seen.AddRange(Texts(batch));
        Assert.Equal(_order, seen);
        while (await _consumers[^1].PopAsync(3, None) is { Items.Count: > 0 } batch)
            Take(batch, _order.Take(batch.Items.Count));
        Assert.Empty(_order);
    }

    public void Dispose()
    {
        foreach (var consumer in _consumers)
            consumer.Dispose();
    }

    private async Task PushAsync(PushStream stream, int position, int count)
    {
        using var push = stream;
        string[] texts = [.. Enumerable.Range(0, count).Select(_ => $"m{_next++}")];
        foreach (var text in texts)
            await push.AddAsync(new MessageDraft { Body = MessageBody.FromText(text) }, null, None);
        await push.FlushAsync(None);
        foreach (var text in texts)
        {
            Assert.True(push.TryTake(out var outcome));
            Assert.Null(outcome.Error);
            _ids[text] = outcome.Item!.Id;
        }

        _order.InsertRange(position, texts);
    }

    private async Task PickAsync(int who, MessageSelection selection, int count, IEnumerable<string> expected)
    {
        var wanted = expected.ToList();
        var picking = _consumers[who % _consumers.Length].Pick(selection, count);
        while (await picking.PopAsync(None) is { } batch)
        {
            Take(batch, wanted.Take(batch.Items.Count));
            wanted.RemoveRange(0, batch.Items.Count);
        }

        Assert.Empty(wanted);
    }

    /// <summary>Leases some, has something else happen in front of them, and gives them back.</summary>
    private async Task ReturnAsync(int who, MessageQueue queue, int position, int count)
    {
        var picking = _consumers[who % _consumers.Length].Pick(MessageSelection.At(position), count);
        var leased = new List<QueueObject>();
        while (await picking.LeaseAsync(null, None) is { } batch)
            leased.AddRange(batch.Items);
        Assert.Equal(_order.Skip(position).Take(count), leased.Select(static item => item.ReadContent().Text));
        await PushAsync(queue.OpenInsert(0), 0, 1);
        foreach (var item in leased)
            await queue.SettleAsync(Settlement.Of(SettlementKind.Return, item), None);
    }

    private void Take(PopBatch batch, IEnumerable<string> expected)
    {
        Assert.Empty(batch.Damage);
        Assert.Equal(expected, Texts(batch));
        foreach (var text in Texts(batch))
            _order.Remove(text);
    }

    private static List<string> Texts(PopBatch batch) => [.. batch.Items.Select(static item => item.ReadContent().Text!)];
}
