using System.Globalization;
using ConsulMq.TestSupport.Histories;

namespace ConsulMq.Tests.Histories;

/// <summary>
/// Histories of a queue in memory, whose operations really happened at one moment each, somewhere between call and answer: they are right, whatever
/// overlaps, dies or is not heard of. The same histories with one thing made wrong are found out.
/// </summary>
public sealed class RandomHistoryTests
{
    private const int Histories = 300;

    [Fact]
    public void AQueueIsFoundRight()
    {
        foreach (var seed in Enumerable.Range(1, Histories))
        {
            var report = HistoryChecker.Check(new Recorded(seed).History());
            Assert.True(report.IsRight, $"Seed {seed}: {report}");
            Assert.Equal(0, report.MostOvertaken);
        }
    }

    [Fact]
    public void AMessageThatIsForgottenIsFoundMissing() => EachIsFound(static r => r.Forget(), static r => r.Lost);

    [Fact]
    public void AMessageThatComesTwiceIsFound() => EachIsFound(static r => r.Repeat(), static r => r.Duplicated);

    [Fact]
    public void AMessageThatComesTooLateIsFound() => EachIsFound(static r => r.Delay(), static r => r.Reordered);

    [Fact]
    public void ACompletedMessageThatComesBackIsFound() => EachIsFound(static r => r.Resurrect(), static r => r.Resurrected);

    [Fact]
    public void TwentyThousandMessagesAreJudgedInSeconds()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var report = HistoryChecker.Check(new Recorded(1, 20_000).History());
        Assert.True(report.IsRight, report.ToString());
        Assert.True(report.Pushed > 10_000);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"It took {clock.Elapsed}.");
    }

    private static void EachIsFound(Func<Recorded, string?> spoil, Func<HistoryReport, IReadOnlyList<MessageHistory>> verdict)
    {
        var spoilt = 0;
        foreach (var seed in Enumerable.Range(1, Histories))
        {
            var recorded = new Recorded(seed, isWellHeard: true);
            if (spoil(recorded) is not { } message)
                continue;
            spoilt++;
            var report = HistoryChecker.Check(recorded.History());
            Assert.True(verdict(report).Any(m => m.Name == message), $"Seed {seed}: {message}; {report}");
        }

        Assert.True(spoilt > Histories / 2);
    }

    /// <summary>A queue of which every operation is carried out at a moment of its own, and heard of some time before and after that.</summary>
    private sealed class Recorded
    {
        private readonly Random _random;
        private readonly Queue<string> _queue = [];
        private readonly List<(long At, string Line)> _lines = [];
        private readonly bool _isWellHeard;
        private int _operations;
        private long _now = 1000;

        public Recorded(int seed, int messages = 40, bool isWellHeard = false)
        {
            (_random, _isWellHeard) = (new Random(seed), isWellHeard);
            for (var i = 1; i <= messages; i++)
            {
                _now += 10;
                Push(string.Create(CultureInfo.InvariantCulture, $"m{i}"));
                if (_random.Next(3) > 0)
                    Take();
            }

            for (var empty = 0; empty < 2; empty += _queue.Count == 0 ? 1 : 0)
            {
                _now += 10;
                Take();
            }
        }

        public History History() => ConsulMq.TestSupport.Histories.History.Of(_lines.OrderBy(static l => l.At).Select(static l => l.Line));

        public string? Forget() => Replace(static words => words is [_, _, _, "ok", ..] && words[1] == "consumer", static _ => null);

        public string? Repeat() => Replace(static words => words is [_, _, _, "ok", ..] && words[1] == "consumer", line =>
        {
            Write(_now += 10, "thief", 1, "call pop 1");
            Write(_now += 10, "thief", 1, $"ok {line.Split(' ')[4]}");
            Write(_now += 10, "thief", 1, "end");
            return line;
        });

        public string? Delay() => Replace(static words => words is [_, _, _, "ok", ..] && words[1] == "consumer", line =>
        {
            Write(_now += 500, "late", 1, "call pop 1");
            Write(_now += 500, "late", 1, $"ok {line.Split(' ')[4]}");
            Write(_now += 500, "late", 1, "end");
            return null;
        }, isFirst: true);

        public string? Resurrect() => Replace(static words => words is [_, _, _, "ok", ..] && words[1] == "completer", line =>
        {
            Write(_now += 100, "grave", 1, "call lease 1");
            Write(_now += 100, "grave", 1, $"ok {line.Split(' ')[4]}");
            Write(_now += 100, "grave", 1, "end");
            return line;
        });

        private string? Replace(Func<string[], bool> which, Func<string, string?> with, bool isFirst = false)
        {
            var candidates = _lines.Where(l => l.Line.Split(' ') is { Length: 5 } words && which(words)).OrderBy(static l => l.At).ToList();
            if (candidates.Count < 3)
                return null;
            var chosen = candidates[isFirst ? 0 : _random.Next(candidates.Count)];
            if (with(chosen.Line) is null)
                _lines.Remove(chosen);
            return chosen.Line.Split(' ')[4];
        }

        private void Push(string message)
        {
            var number = ++_operations;
            Write(Before(), "producer", number, $"call push {message}");
            switch (_random.Next(_isWellHeard ? 4 : 8))
            {
                case 6:
                    Write(After(), "producer", number, $"fail {message}");
                    return;
                case 7:
                    if (_random.Next(2) == 0)
                        _queue.Enqueue(message);
                    return;
            }

            _queue.Enqueue(message);
            Answer("producer", number, message);
        }

        private void Take()
        {
            var number = ++_operations;
            var isLease = _random.Next(3) == 0;
            var consumer = isLease ? "crew" : "consumer";
            Write(Before(), consumer, number, isLease ? "call lease 1" : "call pop 1");
            if (!_queue.TryDequeue(out var message))
            {
                Answer(consumer, number, "");
                return;
            }

            if (!isLease && !_isWellHeard && _random.Next(10) == 0)
                return;
            var at = Answer(consumer, number, message);
            if (!isLease)
                return;
            _now = at + 200;
            number = ++_operations;
            Write(_now, "completer", number, $"call complete {message}");
            _now += 200;
            Answer("completer", number, message);
        }

        private long Answer(string process, int number, string message)
        {
            var at = After();
            Write(at, process, number, $"ok {message}".TrimEnd());
            Write(at, process, number, "end");
            return at;
        }

        private long Before() => _now - _random.Next(1, 100);

        private long After() => _now + _random.Next(1, 100);

        private void Write(long at, string process, int operation, string text) =>
            _lines.Add((at, string.Create(CultureInfo.InvariantCulture, $"{at} {process} {operation} {text}")));
    }
}
