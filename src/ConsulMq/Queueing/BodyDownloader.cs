#if !NET
using System.Runtime.InteropServices;
#endif
using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Reads big bodies to where they are needed, and proves that they are what was uploaded.</summary>
internal sealed class BodyDownloader(QueueContext context)
{
    /// <summary>Reads a body into memory.</summary>
    /// <exception cref="DamagedBodyException">It is not what its message says.</exception>
    public async Task<MessageBody> ReadAsync(BodyReference body, CancellationToken cancellation)
    {
        // Memory is allocated by a number that anybody can write.
        if (body.Size > Math.Min(int.MaxValue / 2, (long)body.Chunks * ConsulLimits.ValueBytes))
            throw new DamagedBodyException(context.Keys.Body(body.Id), $"{body.Chunks} chunks do not hold {body.Size:N0} bytes, or more than go into memory");
        var bytes = new byte[body.Size];
        var at = 0;
        using (var download = new BodyDownload(context, body))
        {
            while (await download.NextAsync(cancellation).ConfigureAwait(false) is { } chunk)
            {
                using (chunk)
                {
                    // One that is too long is found out only where its turn is over.
                    if (chunk.Length > bytes.Length - at)
                        throw new DamagedBodyException(context.Keys.Body(body.Id), "there is more of it than a message's body");
                    chunk.Bytes.CopyTo(bytes.AsMemory(at));
                    at += chunk.Length;
                }
            }
        }

        try
        {
            return BodyReference.ToBody(body.Kind, bytes);
        }
        catch (FormatException e)
        {
            throw new DamagedBodyException(context.Keys.Body(body.Id), e.Message);
        }
    }

    /// <summary>Reads a body into a stream. What was written there is worth nothing unless this returns.</summary>
    /// <exception cref="DamagedBodyException">It is not what its message says.</exception>
    public async Task CopyToAsync(BodyReference body, Stream target, CancellationToken cancellation)
    {
        using var download = new BodyDownload(context, body);
        while (await download.NextAsync(cancellation).ConfigureAwait(false) is { } chunk)
        {
            using (chunk)
                await WriteAsync(target, chunk.Bytes, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes bytes to a stream.</summary>
    public static async Task WriteAsync(Stream target, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
#if NET
        await target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
#else
        if (!MemoryMarshal.TryGetArray(bytes, out var part))
            part = new ArraySegment<byte>(bytes.ToArray());
        await target.WriteAsync(part.Array!, part.Offset, part.Count, cancellation).ConfigureAwait(false);
#endif
    }
}
