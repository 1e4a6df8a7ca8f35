using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Diagnostics;

/// <summary>Listeners are those of the process: while they listen, no other test may run.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListeningCollection
{
    public const string Name = "listening";
}

/// <summary>What those hear who listen to the activity source and the meter, and what it costs where nobody does.</summary>
[Collection(ListeningCollection.Name)]
public sealed class TelemetryTests : IDisposable
{
    private readonly List<Activity> _spans = [];
    private readonly ConsulMqConnection _connection = new(new InMemoryConsul());
    private ActivityListener? _listener;

    private static CancellationToken None => CancellationToken.None;

    private MessageQueue Queue => _connection.Queue("jobs");

    public void Dispose()
    {
        _listener?.Dispose();
        _connection.Dispose();
    }

    private void Listen()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "ConsulMq",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (_spans)
                    _spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private Activity Span(string name) => Assert.Single(_spans, span => span.DisplayName == name);

    private static MessageDraft Text(string text) => new() { Body = MessageBody.FromText(text) };

    private static Dictionary<string, object?> Tags(Activity span) => span.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value);

    private async Task<IReadOnlyList<QueueObject>> PopAsync(int count)
    {
        using var consumer = Queue.OpenConsumer();
        return (await consumer.PopAsync(count, None)).Items;
    }

    [Fact]
    public async Task A_push_is_a_span_that_the_message_carries_and_the_pop_links_to()
    {
        Listen();
        using var parent = new Activity("parent").Start();

        var pushed = await Queue.PushAsync(Text("a"), None);
        var popped = Assert.Single(await PopAsync(1));

        var send = Span("send jobs");
        Assert.Equal(ActivityKind.Producer, send.Kind);
        Assert.Equal(parent.SpanId, send.ParentSpanId);
        Assert.Equal(send.Id, popped.Headers["traceparent"]);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["messaging.system"] = "consulmq",
                ["messaging.operation.name"] = "send",
                ["messaging.operation.type"] = "send",
                ["messaging.destination.name"] = "jobs",
                ["messaging.message.id"] = pushed.Id.ToString(),
                ["server.address"] = "in-memory",
            }.OrderBy(tag => tag.Key),
            Tags(send).OrderBy(tag => tag.Key));

        var receive = Span("receive jobs");
        Assert.Equal(ActivityKind.Client, receive.Kind);
        Assert.Equal(parent.SpanId, receive.ParentSpanId);
        Assert.Equal(send.Context.SpanId, Assert.Single(receive.Links).Context.SpanId);
        Assert.Equal(1, Tags(receive)["messaging.batch.message_count"]);
        Assert.Equal(pushed.Id.ToString(), Tags(receive)["messaging.message.id"]);
        Assert.Same(parent, Activity.Current);
    }

    [Fact]
    public async Task Each_message_of_a_stream_has_a_context_of_its_own_and_the_send_links_to_them()
    {
        Listen();
        using (var push = Queue.OpenPush())
        {
            for (var i = 0; i < 5; i++)
                await push.AddAsync(Text($"{i}"), null, None);
            await push.FlushAsync(None);
        }

        var popped = await PopAsync(10);

        var created = _spans.Where(span => span.DisplayName == "create jobs").ToList();
        Assert.Equal(5, created.Count);
        Assert.All(created, span => Assert.Equal(ActivityKind.Producer, span.Kind));
        Assert.Equal(created.Select(span => span.Id), popped.Select(item => item.Headers["traceparent"]));
        Assert.Equal(popped.Select(item => item.Id.ToString()), created.Select(span => Tags(span)["messaging.message.id"]));
        var sends = _spans.Where(span => span.DisplayName == "send jobs").ToList();
        Assert.All(sends, span => Assert.Equal(ActivityKind.Client, span.Kind));
        Assert.Equal(created.Select(span => span.SpanId), sends.SelectMany(span => span.Links).Select(link => link.Context.SpanId));
        Assert.Equal(5, sends.Sum(span => (int)Tags(span)["messaging.batch.message_count"]!));
        Assert.Equal(5, Span("receive jobs").Links.Count());
    }

    [Fact]
    public async Task A_context_that_the_caller_gives_is_kept()
    {
        Listen();
        const string own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var draft = Text("a") with { Headers = new Dictionary<string, string> { ["traceparent"] = own, ["tracestate"] = "x=1" } };

        await Queue.PushAsync(draft, None);
        using (var push = Queue.OpenPush())
        {
            await push.AddAsync(draft, null, None);
            await push.FlushAsync(None);
        }

        Assert.All(await PopAsync(2), item => Assert.Equal(own, item.Headers["traceparent"]));
        Assert.DoesNotContain(_spans, span => span.DisplayName == "create jobs");
        Assert.All(_spans.Where(span => span.DisplayName == "send jobs"), span => Assert.Equal("b7ad6b7169203331", Assert.Single(span.Links).Context.SpanId.ToHexString()));
    }

    [Fact]
    public async Task A_big_body_is_one_send()
    {
        Listen();

        var pushed = await Queue.PushAsync(Text(new string('x', 600_000)), None);

        Assert.Equal(Span("send jobs").Id, Assert.Single(await PopAsync(1)).Headers["traceparent"]);
        Assert.Equal(pushed.Id.ToString(), Tags(Span("send jobs"))["messaging.message.id"]);
        Assert.DoesNotContain(_spans, span => span.DisplayName == "create jobs");
    }

    [Fact]
    public async Task Leases_and_settlements_are_spans()
    {
        await Queue.PushAsync(Text("a"), None);
        Listen();
        using var consumer = Queue.OpenConsumer();
        var item = Assert.Single((await consumer.LeaseAsync(1, null, None)).Items);

        await Queue.SettleAsync(Settlement.Of(SettlementKind.Complete, item), None);
        Assert.Equal(item.Id.ToString(), Tags(Span("settle jobs"))["messaging.message.id"]);
        Assert.Equal("settle", Tags(Span("settle jobs"))["messaging.operation.type"]);
        _spans.Clear();
        await Assert.ThrowsAsync<ConsulMqException>(() => Queue.SettleAsync(Settlement.Of(SettlementKind.Complete, item), None));

        Assert.Equal("LeaseLost", Tags(Span("settle jobs"))["error.type"]);
        Assert.Equal(ActivityStatusCode.Error, Span("settle jobs").Status);
    }

    [Fact]
    public async Task An_error_has_its_type_and_an_empty_queue_no_span()
    {
        await Queue.CreateAsync(new QueueSettings { MaxDepth = 1 }, None);
        Listen();
        Assert.Empty(await PopAsync(1));
        Assert.Empty(_spans);
        await Queue.PushAsync(Text("a"), None);
        _spans.Clear();

        await Assert.ThrowsAsync<ConsulMqException>(() => Queue.PushAsync(Text("b"), None));

        Assert.Equal("QueueFull", Tags(Span("send jobs"))["error.type"]);
        Assert.Equal(ActivityStatusCode.Error, Span("send jobs").Status);
    }

    [Fact]
    public async Task Where_nobody_listens_a_message_is_as_it_was_pushed()
    {
        using var parent = new Activity("parent").Start();
        await Queue.PushAsync(Text("a"), None);

        Assert.Empty(Assert.Single(await PopAsync(1)).Headers);
        Assert.False(ConsulMq.Diagnostics.Telemetry.IsOn);
    }

    [Fact]
    public async Task Metrics_count_messages_and_measure_operations()
    {
        var counts = new Dictionary<string, long>();
        var durations = new List<(double Seconds, Dictionary<string, object?> Tags)>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "ConsulMq")
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, _, _) => counts[instrument.Name] = counts.GetValueOrDefault(instrument.Name) + value);
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            Assert.Equal(("messaging.client.operation.duration", "s"), (instrument.Name, instrument.Unit));
            durations.Add((value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
        });
        meters.Start();

        await Queue.PushAsync(Text("a"), None);
        using (var push = Queue.OpenPush())
        {
            for (var i = 0; i < 7; i++)
                await push.AddAsync(Text($"{i}"), null, None);
            await push.FlushAsync(None);
        }

        Assert.Equal(8, (await PopAsync(10)).Count);

        Assert.Equal((8, 8), (counts["messaging.client.sent.messages"], counts["messaging.client.consumed.messages"]));
        Assert.Contains(durations, d => d.Tags["messaging.operation.name"] is "send");
        Assert.Contains(durations, d => d.Tags["messaging.operation.name"] is "receive");
        Assert.All(durations, d => Assert.InRange(d.Seconds, 0, 60));
        Assert.All(durations, d => Assert.Equal(("consulmq", "jobs"), (d.Tags["messaging.system"], d.Tags["messaging.destination.name"])));
    }

    [Fact]
    public async Task Where_nobody_listens_a_push_allocates_no_more_than_its_messages_need()
    {
        // The model answers at once, so all of it runs on this thread.
        await AllocatedAsync(200);

        Assert.InRange(await AllocatedAsync(500), 1, 6000);

        async Task<long> AllocatedAsync(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < count; i++)
                await Queue.PushAsync(Text("a"), None);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        }
    }
}

/// <summary>Where a real Consul is, spans say so.</summary>
[Collection(ListeningCollection.Name)]
public sealed class TelemetryOnConsul(ConsulFixture consul) : IClassFixture<ConsulFixture>
{
    [Fact]
    public async Task A_span_names_the_server()
    {
        Activity? seen = null;
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "ConsulMq",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => seen = span,
        };
        ActivitySource.AddActivityListener(listener);
        using var connection = new ConsulMqConnection(new HttpConsul(new ConsulOptions { Address = consul.Address }), new ConnectionSettings { Prefix = ConsulFixture.NewPrefix() });

        await connection.Queue("jobs").PushAsync(new MessageDraft { Body = MessageBody.FromText("a") }, CancellationToken.None);

        var uri = new Uri(consul.Address);
        Assert.Equal(uri.Host, seen!.GetTagItem("server.address"));
        Assert.Equal(uri.Port, seen.GetTagItem("server.port"));
    }
}
