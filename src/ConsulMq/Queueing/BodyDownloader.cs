using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Reads big bodies, a few chunks at a time, and proves that they are what was uploaded.</summary>
internal sealed class BodyDownloader(QueueContext context)
{
    /// <summary>Chunks under way at once, and all that is in memory of a body that goes to a stream.</summary>
    private const int Width = 4;

    /// <summary>Reads a body into memory.</summary>
    /// <exception cref="DamagedBodyException">It is not what its message says.</exception>
    public async Task<MessageBody> ReadAsync(BodyReference body, CancellationToken cancellation)
    {
        Check(body);
        if (body.Size > int.MaxValue / 2)
            throw new DamagedBodyException(context.Keys.Body(body.Id), $"its {body.Size:N0} bytes do not go into memory");
        var bytes = new byte[body.Size];
        var at = 0;
        await RunAsync(
            body,
            chunk =>
            {
                chunk.CopyTo(bytes.AsMemory(at));
                at += chunk.Length;
                return Task.CompletedTask;
            },
            cancellation).ConfigureAwait(false);
        try
        {
            return body.ToBody(bytes);
        }
        catch (FormatException e)
        {
            throw new DamagedBodyException(Whole(body), e.Message);
        }
    }

    /// <summary>Reads a body into a stream. What was written there is worth nothing unless this returns.</summary>
    /// <exception cref="DamagedBodyException">It is not what its message says.</exception>
    public async Task CopyToAsync(BodyReference body, Stream target, CancellationToken cancellation)
    {
        Check(body);
        await RunAsync(body, chunk => WriteAsync(target, chunk, cancellation), cancellation).ConfigureAwait(false);
    }

    private async Task RunAsync(BodyReference body, Func<ReadOnlyMemory<byte>, Task> take, CancellationToken cancellation)
    {
        var ahead = new Queue<Task<RawValue?>>();
        try
        {
            using var hash = new BodyHash();
            long size = 0;
            var length = 0;
            for (int number = 0, asked = 0; number < body.Chunks; number++)
            {
                for (; asked < body.Chunks && ahead.Count < Width; asked++)
                    ahead.Enqueue(context.Consul.GetRawAsync(context.Keys.Chunk(body.Id, asked), ReadConsistency.Default, cancellation));
                var key = context.Keys.Chunk(body.Id, number);
                // Around a change of leader a read may be older than the entry: only one that is never stale proves that the chunk is missing.
                using var chunk = await ahead.Dequeue().ConfigureAwait(false)
                    ?? await context.Consul.GetRawAsync(key, ReadConsistency.Consistent, cancellation).ConfigureAwait(false)
                    ?? throw new DamagedBodyException(key, "it is missing, and with it a part of a message's body");
                length = number == 0 ? chunk.Length : length;
                size += chunk.Length;
                if (!IsOfRightLength(body, number, length, chunk.Length, size))
                    throw new DamagedBodyException(key, $"its {chunk.Length:N0} bytes are not the part of a message's body that stood there");
                hash.Append(chunk.Bytes);
                await take(chunk.Bytes).ConfigureAwait(false);
            }

            if (!string.Equals(hash.Finish(), body.Sha256, StringComparison.OrdinalIgnoreCase))
                throw new DamagedBodyException(Whole(body), "the SHA-256 of a message's body is not the one in the message: it was changed");
        }
        finally
        {
            while (ahead.Count > 0)
                _ = DropAsync(ahead.Dequeue());
        }
    }

    /// <summary>Whether the size that an entry says can be that of its chunks: memory is allocated by it.</summary>
    private void Check(BodyReference body)
    {
        if (body.Size > (long)body.Chunks * ConsulLimits.ValueBytes)
            throw new DamagedBodyException(context.Keys.Body(body.Id), $"{body.Chunks} chunks cannot hold the {body.Size:N0} bytes of a message's body");
    }

    /// <summary>All chunks are of one length but the last, which is not longer.</summary>
    private static bool IsOfRightLength(BodyReference body, int number, int first, int length, long size)
    {
        if (number == body.Chunks - 1)
            return size == body.Size && length <= first;
        return length == first && (body.Chunks - 1L) * first < body.Size && (long)body.Chunks * first >= body.Size;
    }

    /// <summary>What to name where it cannot be told which chunk is wrong.</summary>
    private string Whole(BodyReference body) => body.Chunks == 1 ? context.Keys.Chunk(body.Id, 0) : context.Keys.Body(body.Id);

    private static Task WriteAsync(Stream target, ReadOnlyMemory<byte> chunk, CancellationToken cancellation)
    {
#if NET
        return target.WriteAsync(chunk, cancellation).AsTask();
#else
        if (!System.Runtime.InteropServices.MemoryMarshal.TryGetArray(chunk, out var part))
            part = new ArraySegment<byte>(chunk.ToArray());
        return target.WriteAsync(part.Array!, part.Offset, part.Count, cancellation);
#endif
    }

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
