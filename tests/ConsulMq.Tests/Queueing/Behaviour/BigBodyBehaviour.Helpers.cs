using ConsulMq.Consul;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <content>What stands between a queue and its Consul, and what bodies come from and go to.</content>
public abstract partial class BigBodyBehaviour
{
    private sealed class RawReads(IConsul inner) : DelegatingConsul(inner)
    {
        public int Count { get; private set; }

        public Func<Task> Before { get; init; } = static () => Task.CompletedTask;

        public override async Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation)
        {
            Count += key.EndsWith("/000000", StringComparison.Ordinal) ? 1 : 0;
            await Before();
            return await base.GetRawAsync(key, consistency, cancellation);
        }
    }

    /// <summary>Removes all uploads in the moment in which one is going to be pushed.</summary>
    private sealed class Meddler(IConsul inner) : DelegatingConsul(inner)
    {
        public int Times { get; set; }

        public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            var mark = operations.FirstOrDefault(static o => o.Verb == KvVerb.CheckIndex && o.Key.Contains("/o/", StringComparison.Ordinal));
            if (mark.Key is not null && operations.Any(static o => o.Key.Contains("/p/", StringComparison.Ordinal)) && Times > 0)
            {
                Times--;
                var root = mark.Key[..mark.Key.LastIndexOf("o/", StringComparison.Ordinal)];
                await base.TransactAsync([KvOperation.DeleteTree(root + "o/"), KvOperation.DeleteTree(root + "d/")], default, cancellation);
            }

            return await base.TransactAsync(operations, consistency, cancellation);
        }
    }

    /// <summary>Clears the queue while the second chunk is on its way.</summary>
    private sealed class ClearedInBetween(IConsul inner, Func<Task> clear) : DelegatingConsul(inner)
    {
        private int _chunks;

        public override async Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation)
        {
            if (Interlocked.Increment(ref _chunks) == 2)
                await clear();
            await base.PutAsync(key, value, cancellation);
        }
    }

    /// <summary>Loses every third answer to a put, or the put itself.</summary>
    private sealed class Lossy(IConsul inner) : DelegatingConsul(inner)
    {
        private int _count;

        public override async Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation)
        {
            var fate = Interlocked.Increment(ref _count) % 6;
            if (fate != 2)
                await base.PutAsync(key, value, cancellation);
            if (fate is 2 or 5)
                throw new ConsulException(ConsulFault.ConnectionLost, Address, true, "The connection broke");
        }
    }

    /// <summary>Dies in the middle of an upload.</summary>
    private sealed class Dying(IConsul inner) : DelegatingConsul(inner)
    {
        private int _count;

        public override Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation) => Interlocked.Increment(ref _count) > 3
            ? throw new ConsulException(ConsulFault.ConnectionLost, Address, true, "The connection broke")
            : base.PutAsync(key, value, cancellation);
    }

    private sealed class Meter(IConsul inner) : DelegatingConsul(inner)
    {
        private int _open;
        private long _stored;

        public long Stored => Interlocked.Read(ref _stored);

        public int MostOpen { get; private set; }

        public override async Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation)
        {
            await Task.Yield();
            await base.PutAsync(key, value, cancellation);
            Interlocked.Add(ref _stored, value.Length);
        }

        public override async Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation)
        {
            lock (this)
                MostOpen = Math.Max(MostOpen, ++_open);
            await Task.Yield();
            var value = await base.GetRawAsync(key, consistency, cancellation);
            lock (this)
                _open--;
            return value;
        }
    }

    private sealed class Endless(long length, Action<int> read) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, _left);
            buffer.Span[..count].Fill((byte)_left);
            _left -= count;
            read(count);
            return new ValueTask<int>(count);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class Destination : ConsulMq.Queueing.IBodyDestination, ConsulMq.Queueing.IBodyPlace
    {
        private readonly Counter _target = new();

        public long Written => _target.Written;

        public Stream Target => _target;

        public ConsulMq.Queueing.IBodyPlace Open(QueueObject message) => this;

        public void Complete()
        {
        }

        public object Accept() => this;

        public Stream OpenRead() => throw new NotSupportedException();

        public void Withdraw()
        {
        }

        public void Dispose()
        {
        }

        private sealed class Counter : MemoryStream
        {
            public long Written { get; private set; }

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                Written += buffer.Length;
                return default;
            }
        }
    }

    private sealed class Closing(byte[] bytes, Action closed) : MemoryStream(bytes)
    {
        private Action? _closed = closed;

        protected override void Dispose(bool disposing)
        {
            Interlocked.Exchange(ref _closed, null)?.Invoke();
            base.Dispose(disposing);
        }
    }
}
