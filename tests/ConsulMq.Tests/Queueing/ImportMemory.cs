using System.Text;
using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing;

/// <summary>Tests of what is in memory, which is the whole process's: nothing runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>What an import costs in memory.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ImportMemory
{
    private static string Line(int i) => $$"""{"id":"00000000-0000-7000-8000-{{i:x12}}","at":"2026-11-23T12:47:47.061Z","text":"message {{i}}"}""" + "\n";

    [Fact]
    public async Task MemoryDoesNotGrowWithTheFile()
    {
        const int Count = 200_000;
        // The model must not hold what was pushed: it is taken away all the time.
        using var consul = new Forgetful(new InMemoryConsul());
        using var connection = new ConsulMqConnection(consul, new ConnectionSettings { FirstChores = 0 });
        using var lines = new GeneratedLines(Count, Line);
        using var import = connection.OpenImport(lines, "x.jsonl", "jobs");
        long most = 0;
        var before = GC.GetTotalMemory(true);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        for (var step = 0; await import.NextAsync(limit.Token); step++)
        {
            if (step % 4 == 0)
                most = Math.Max(most, GC.GetTotalMemory(true) - before);
        }

        Assert.Equal(Count, import.Added);
        Assert.InRange(lines.Length, 20_000_000, long.MaxValue);
        Assert.InRange(most, long.MinValue, 8 * 1024 * 1024);
    }

    /// <summary>Lines that are made as they are read.</summary>
    private sealed class GeneratedLines(int count, Func<int, string> line) : Stream
    {
        private byte[] _now = [];
        private int _at;
        private int _next;
        private long _length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_at == _now.Length)
            {
                if (_next == count)
                    return 0;
                var text = new StringBuilder();
                for (var end = Math.Min(_next + 100, count); _next < end; _next++)
                    text.Append(line(_next));
                (_now, _at) = (Encoding.UTF8.GetBytes(text.ToString()), 0);
            }

            var length = Math.Min(buffer.Length, _now.Length - _at);
            _now.AsSpan(_at, length).CopyTo(buffer);
            _at += length;
            _length += length;
            return length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Removes the entries of the log right after they were written.</summary>
    private sealed class Forgetful(IConsul inner) : DelegatingConsul(inner)
    {
        public override async Task<TransactionResult> TransactAsync(
            IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            var result = await base.TransactAsync(operations, consistency, cancellation);
            if (operations.Any(static o => o.Verb == KvVerb.Set))
                await base.TransactAsync([KvOperation.DeleteTree("consulmq/jobs/p/")], default, cancellation);
            return result;
        }
    }
}
