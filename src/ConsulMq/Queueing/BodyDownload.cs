using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// A big body on its way from Consul, a few chunks at a time, which are all of it that is in memory. The end is proof that all was what was uploaded;
/// what came before the end is worth nothing without it.
/// </summary>
internal sealed class BodyDownload(QueueContext context, BodyReference body) : IBodyFeed
{
    private const int Width = 4;

    private readonly Queue<Task<RawValue?>> _ahead = new();
    private readonly BodyHash _hash = new();
    private int _asked;
    private int _number;
    private int _first;
    private long _size;

    public long? Length => body.Size;

    /// <inheritdoc />
    /// <exception cref="DamagedBodyException">The body is not what its message says.</exception>
    public async ValueTask<RawValue?> NextAsync(CancellationToken cancellation)
    {
        if (_number == body.Chunks)
        {
            if (_size != body.Size || !string.Equals(_hash.Finish(), body.Sha256, StringComparison.OrdinalIgnoreCase))
                throw Damaged(body.Chunks == 1 ? context.Keys.Chunk(body.Id, 0) : context.Keys.Body(body.Id), "the SHA-256 of a message's body is not the one in the message");
            return null;
        }

        for (; _asked < body.Chunks && _ahead.Count < Width; _asked++)
            _ahead.Enqueue(context.Consul.GetRawAsync(context.Keys.Chunk(body.Id, _asked), ReadConsistency.Default, cancellation));
        var key = context.Keys.Chunk(body.Id, _number);
        // Around a change of leader a read may be older than the entry: only one that is never stale proves that the chunk is missing.
        var chunk = await _ahead.Dequeue().ConfigureAwait(false)
            ?? await context.Consul.GetRawAsync(key, ReadConsistency.Consistent, cancellation).ConfigureAwait(false)
            ?? throw Damaged(key, "it is missing, and with it a part of a message's body");
        if (_number == 0)
            _first = chunk.Length;
        _size += chunk.Length;
        if (!IsOfRightLength(chunk.Length))
        {
            chunk.Dispose();
            // The lengths do not go together; if the first one is not the usual one, it will be the wrong one.
            var isFirst = _number > 0 && _first != Layout.ChunkBytes;
            throw Damaged(isFirst ? context.Keys.Chunk(body.Id, 0) : key, $"its {(isFirst ? _first : chunk.Length):N0} bytes are not the part of a message's body that stood there");
        }

        _number++;
        _hash.Append(chunk.Bytes);
        return chunk;
    }

    public void Dispose()
    {
        while (_ahead.Count > 0)
            _ = DropAsync(_ahead.Dequeue());
        _hash.Dispose();
    }

    /// <summary>All chunks are of one length but the last, which is not longer. So one that was cut shows, and which one it is.</summary>
    private bool IsOfRightLength(int length)
    {
        if (_number == body.Chunks - 1)
            return _size == body.Size && length <= _first;
        return length == _first && (body.Chunks - 1L) * _first < body.Size && (long)body.Chunks * _first >= body.Size;
    }

    private static DamagedBodyException Damaged(string key, string why) => new(key, why);

    private static async Task DropAsync(Task<RawValue?> chunk)
    {
        try
        {
            (await chunk.ConfigureAwait(false))?.Dispose();
        }
        catch (Exception e) when (e is ConsulException or OperationCanceledException)
        {
            // Nobody needs it any more.
        }
    }
}
