using System.Collections.Concurrent;
using System.Globalization;

namespace ConsulMq.Diagnostics;

/// <summary>A line of a log.</summary>
/// <param name="IsRequest">Whether it tells of a request; else it is a step in words.</param>
/// <param name="Text">The line. Neither tokens nor bodies are ever in it.</param>
internal readonly record struct LogLine(bool IsRequest, string Text);

/// <summary>
/// What the operations of one caller tell of themselves, step by step and request by request. It goes with the caller's asynchronous flow, so that what
/// others do at the same time is not in it; where nobody wants to know, <see cref="Current"/> is null and no text is made. All members may be used by
/// many threads at once.
/// </summary>
internal sealed class OperationLog(bool steps, bool requests)
{
    private static readonly AsyncLocal<OperationLog?> Flow = new();

    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly object _gate = new();
    private TaskCompletionSource<bool>? _wanted;
    private long _took;
    private volatile bool _closed;

    /// <summary>The log of this flow; null: nobody wants to know.</summary>
    public static OperationLog? Current => Flow.Value;

    /// <summary>The log of this flow, where steps are wanted.</summary>
    public static OperationLog? Steps => Flow.Value is { WantsSteps: true } log ? log : null;

    /// <summary>Whether it takes steps.</summary>
    public bool WantsSteps => steps && !_closed;

    /// <summary>Whether it takes requests.</summary>
    public bool WantsRequests => requests && !_closed;

    /// <summary>How long the last request took that came to its end, as text.</summary>
    public string Took => Milliseconds(TimeSpan.FromTicks(Interlocked.Read(ref _took)));

    /// <summary>Makes a log that of this flow, until what this returns is disposed of.</summary>
    /// <param name="log">The log; null: none.</param>
    public static Entered Enter(OperationLog? log)
    {
        var before = Flow.Value;
        if (before != log)
            Flow.Value = log;
        return new Entered(before, log);
    }

    /// <summary>Begins work that goes on behind the caller's back: its steps are not the caller's.</summary>
    public static Task Apart<TState>(TState state, Func<TState, Task> work)
    {
        using (Enter(null))
            return work(state);
    }

    /// <summary>A time for people: <c>0.4 ms</c>.</summary>
    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(time.TotalMilliseconds < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    /// <summary><c>1 message</c>, <c>2 messages</c>.</summary>
    public static string Count(long number, string one, string many) => number.ToString(CultureInfo.InvariantCulture) + " " + (number == 1 ? one : many);

    /// <summary>Tells a step: a sentence.</summary>
    public void Step(string text)
    {
        if (WantsSteps)
            Add(new LogLine(false, text));
    }

    /// <summary>Tells a request that has come to its end.</summary>
    /// <param name="text">What was asked and what came of it.</param>
    /// <param name="took">How long it took.</param>
    public void Request(string text, TimeSpan took)
    {
        Interlocked.Exchange(ref _took, took.Ticks);
        if (WantsRequests)
            Add(new LogLine(true, text + ", " + Milliseconds(took)));
    }

    /// <summary>The next line. False: there is none yet.</summary>
    public bool TryTake(out LogLine line) => _lines.TryDequeue(out line);

    /// <summary>Completes when there is a line to take.</summary>
    public Task WaitAsync()
    {
        lock (_gate)
        {
            _wanted ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_lines.IsEmpty)
                Signal();
            return _wanted?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Nobody reads it any more.</summary>
    public void Close() => _closed = true;

    private void Add(LogLine line)
    {
        _lines.Enqueue(line);
        lock (_gate)
            Signal();
    }

    private void Signal()
    {
        var wanted = _wanted;
        _wanted = null;
        wanted?.TrySetResult(true);
    }

    /// <summary>While it is not disposed of, a log is that of the flow.</summary>
    public readonly struct Entered(OperationLog? before, OperationLog? log) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose()
        {
            if (before != log)
                Flow.Value = before;
        }
    }
}
