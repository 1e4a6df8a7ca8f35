using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConsulMq.Queueing;

namespace ConsulMq.Diagnostics;

/// <summary>
/// What those are told who listen to the activity source and the meter <c>ConsulMq</c>, after OpenTelemetry's semantic conventions for messaging: spans
/// that send, receive and settle, how long that took, and how many messages went through. A message carries the context in which it was created in the
/// header <c>traceparent</c>, as W3C's Trace Context has it, only while somebody listens to the source; a receiving span is linked to it. Where nobody listens
/// it costs a look at three flags.
/// </summary>
internal sealed class Telemetry
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    /// <summary>OpenTelemetry keeps so many links of a span unless told otherwise.</summary>
    private const int MostLinks = 128;

    private static readonly ActivitySource Source = new("ConsulMq", Version);
    private static readonly Meter Meter = new("ConsulMq", Version);

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of messaging operation initiated by a producer or consumer client.");

    private static readonly Counter<long> Sent =
        Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Number of messages producer attempted to send to the broker.");

    private static readonly Counter<long> Consumed =
        Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Number of messages that were delivered to the application.");

    private readonly string _queue;
    private readonly string _server;
    private readonly int? _port;

    public Telemetry(string address, string queue)
    {
        _queue = queue;
        var uri = Uri.TryCreate(address, UriKind.Absolute, out var parsed) ? parsed : null;
        (_server, _port) = uri?.Scheme switch
        {
            "http" or "https" => (uri.Host, uri.Port),
            "unix" => (uri.AbsolutePath, (int?)null),
            _ => (address, null),
        };
    }

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => Source.HasListeners() || Duration.Enabled || Sent.Enabled || Consumed.Enabled;

    private static string? Version => typeof(Telemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>An item of a stream: a span of its own is the context that it carries, for it is sent together with others.</summary>
    public PushItem Create(PushItem item)
    {
        if (!Source.HasListeners() || item.Message.Headers.ContainsKey(TraceParent))
            return item;
        using var span = Start("create", "create", ActivityKind.Producer, null, default);
        if (span is null)
            return item;
        span.SetTag("messaging.message.id", item.Message.Id.ToString());
        return item with { Message = item.Message with { Headers = Carrying(span, item.Message.Headers) } };
    }

    /// <summary>A single push.</summary>
    public async Task<QueueObject> SendAsync(MessageDraft draft, Func<MessageDraft, Task<QueueObject>> push)
    {
        var own = ContextOf(draft.Headers);
        var kind = own is null ? ActivityKind.Producer : ActivityKind.Client;
        using var operation = Begin("send", Start("send", "send", kind, own is { } context ? [new ActivityLink(context)] : null, default));
        try
        {
            if (operation.Span is { } span && !draft.Headers.ContainsKey(TraceParent))
                draft = draft with { Headers = Carrying(span, draft.Headers) };
            var item = await push(draft).ConfigureAwait(false);
            operation.Span?.SetTag("messaging.message.id", item.Id.ToString());
            Add(Sent, 1, "send", null);
            return item;
        }
        catch (Exception e)
        {
            Add(Sent, 1, "send", operation.Failed(e));
            throw;
        }
    }

    /// <summary>A transaction of a stream of pushes.</summary>
    public async Task SendAsync(PushRun run, Func<Task> send)
    {
        var links = Source.HasListeners() ? Links(run.Items.Take(run.Covered).Select(static entry => entry.Item.Message.Headers)) : null;
        using var operation = Begin("send", Start("send", "send", ActivityKind.Client, links, default));
        operation.Span?.SetTag("messaging.batch.message_count", run.Covered);
        try
        {
            await send().ConfigureAwait(false);
            var sent = run.Items.Take(run.Covered).Count(static entry => entry.Error is null);
            operation.Span?.SetTag("messaging.batch.message_count", sent);
            Add(Sent, sent, "send", null);
        }
        catch (Exception e)
        {
            Add(Sent, run.Covered, "send", operation.Failed(e));
            throw;
        }
    }

    /// <summary>A pop or a lease. Its span begins in the past: links are known only when the messages are here. Of an empty queue there is none.</summary>
    /// <typeparam name="T">A <see cref="PopBatch"/>, or, where that means that there is no more, null.</typeparam>
    public async Task<T> ReceiveAsync<T>(Func<Task<T>> receive)
        where T : class?
    {
        var startedAt = DateTimeOffset.UtcNow;
        using var operation = Begin("receive", null);
        try
        {
            var received = await receive().ConfigureAwait(false);
            if (received is not PopBatch { Items.Count: > 0 } batch)
                return received;
            if (Source.HasListeners())
            {
                operation.Span = Start("receive", "receive", ActivityKind.Client, Links(batch.Items.Select(static item => item.Headers)), startedAt);
                operation.Span?.SetTag("messaging.batch.message_count", batch.Items.Count);
                if (batch.Items.Count == 1)
                    operation.Span?.SetTag("messaging.message.id", batch.Items[0].Id.ToString());
            }

            Add(Consumed, batch.Items.Count, "receive", null);
            return received;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            operation.Span = Start("receive", "receive", ActivityKind.Client, null, startedAt);
            operation.Failed(e);
            throw;
        }
    }

    /// <summary>Settlements: completed, given back, denied.</summary>
    public Task<SettleOutcome[]> SettleAsync(Settler settler, IReadOnlyList<Settlement> settlements) =>
        IsOn ? TellSettleAsync(settler, settlements) : settler.SettleAsync(settlements);

    private async Task<SettleOutcome[]> TellSettleAsync(Settler settler, IReadOnlyList<Settlement> settlements)
    {
        using var operation = Begin("settle", Start("settle", "settle", ActivityKind.Client, null, default));
        operation.Span?.SetTag("messaging.batch.message_count", settlements.Count);
        if (settlements.Count == 1)
            operation.Span?.SetTag("messaging.message.id", settlements[0].Id.ToString());
        try
        {
            var outcomes = await settler.SettleAsync(settlements).ConfigureAwait(false);
            if (Array.Find(outcomes, static outcome => outcome.Error is not null).Error is { } error)
                operation.Failed(error);
            return outcomes;
        }
        catch (Exception e)
        {
            operation.Failed(e);
            throw;
        }
    }

    private static Dictionary<string, string> Carrying(Activity span, IReadOnlyDictionary<string, string> headers)
    {
        var all = new Dictionary<string, string>(headers.Count + 2, StringComparer.OrdinalIgnoreCase);
        foreach (var header in headers)
            all[header.Key] = header.Value;
        DistributedContextPropagator.CreateDefaultPropagator().Inject(span, all, static (carrier, name, value) =>
        {
            // Baggage is the application's own, and not for a queue that others read.
            if (name is TraceParent or TraceState)
                ((Dictionary<string, string>)carrier!)[name] = value;
        });
        return all;
    }

    private static ActivityContext? ContextOf(IReadOnlyDictionary<string, string> headers) =>
        headers.TryGetValue(TraceParent, out var parent)
            && ActivityContext.TryParse(parent, headers.TryGetValue(TraceState, out var state) ? state : null, isRemote: true, out var context)
            ? context
            : null;

    private static List<ActivityLink> Links(IEnumerable<IReadOnlyDictionary<string, string>> headers)
    {
        var links = new List<ActivityLink>();
        foreach (var header in headers)
        {
            if (links.Count < MostLinks && ContextOf(header) is { } context)
                links.Add(new ActivityLink(context));
        }

        return links;
    }

    private Activity? Start(string name, string type, ActivityKind kind, IReadOnlyList<ActivityLink>? links, DateTimeOffset startedAt)
    {
        if (!Source.HasListeners())
            return null;
        var tags = new TagList
        {
            { "messaging.system", "consulmq" },
            { "messaging.operation.name", name },
            { "messaging.operation.type", type },
            { "messaging.destination.name", _queue },
            { "server.address", _server },
        };
        if (_port is { } port)
            tags.Add("server.port", port);
        try
        {
            return Source.StartActivity($"{name} {_queue}", kind, default(ActivityContext), tags, links, startedAt);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>What a listener throws is its own affair: what was pushed is in the queue, and what was popped is the caller's.</summary>
    private static void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nobody is there to hear it.
        }
    }

    private void Add(Counter<long> counter, long messages, string name, string? error) => Tell(() => counter.Add(messages, Tags(name, error)));

    private TagList Tags(string name, string? error)
    {
        var tags = new TagList
        {
            { "messaging.system", "consulmq" },
            { "messaging.operation.name", name },
            { "messaging.operation.type", name },
            { "messaging.destination.name", _queue },
            { "server.address", _server },
        };
        if (_port is { } port)
            tags.Add("server.port", port);
        if (error is not null)
            tags.Add("error.type", error);
        return tags;
    }

    private Operation Begin(string name, Activity? span) => new(this, name) { Span = span };

    /// <summary>An operation under way; told when it is disposed of.</summary>
    private sealed class Operation(Telemetry telemetry, string name) : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private string? _error;

        public Activity? Span { get; set; }

        /// <summary>It failed. Returns what the kind of error is called.</summary>
        public string Failed(Exception error)
        {
            _error = error is ConsulMqException known ? known.Error.ToString() : error.GetType().FullName!;
            Span?.SetTag("error.type", _error);
            Span?.SetStatus(ActivityStatusCode.Error, error.Message);
            return _error;
        }

        public void Dispose()
        {
            Tell(() => Span?.Dispose());
            Tell(() => Duration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, telemetry.Tags(name, _error)));
        }
    }
}
