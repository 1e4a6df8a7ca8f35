using System.Buffers;
using System.Globalization;

namespace ConsulMq.Consul.Http;

/// <summary>Reads a response's body into a pooled buffer, of the right size at once where the length is known.</summary>
internal static class ReplyReader
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>Reads the whole answer.</summary>
    /// <exception cref="ReplyTooLargeException">It is larger than <paramref name="limit"/>.</exception>
    public static async ValueTask<Reply> ReadAsync(HttpResponseMessage response, bool wantsIndex, int limit, CancellationToken cancellation)
    {
        var index = wantsIndex ? Index(response) : 0;
        // Null only where an HttpMessageHandler of the older kind has no body at all.
        if (response.Content is null)
            return new Reply((int)response.StatusCode, index, [], 0);
        var known = response.Content.Headers.ContentLength;
        if (known > limit)
            throw new ReplyTooLargeException(limit);
        if (known == 0)
            return new Reply((int)response.StatusCode, index, [], 0);
#if NET
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
#else
        var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
#endif
        var buffer = ArrayPool<byte>.Shared.Rent((int)(known ?? Math.Min(FirstBuffer, limit)));
        var length = 0;
        // On an exception the buffer stays out of the pool: an aborted read may still write into it.
        // With a known length the last byte ends the answer; the stream itself complains if it ends before.
        while (known is null || length < known)
        {
            if (length == buffer.Length)
                buffer = Grow(buffer, length, limit);
#if NET
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
#else
            var read = await stream.ReadAsync(buffer, length, buffer.Length - length, cancellation).ConfigureAwait(false);
#endif
            if (read == 0)
            {
                if (known is not null)
                    throw new IOException("The answer ended too early.");
                break;
            }
            length += read;
            if (length > limit)
                throw new ReplyTooLargeException(limit);
        }
        return new Reply((int)response.StatusCode, index, buffer, length);
    }

    private static byte[] Grow(byte[] buffer, int length, int limit)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, limit + 1L));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static ulong Index(HttpResponseMessage response)
    {
#if NET
        var text = response.Headers.NonValidated.TryGetValues("X-Consul-Index", out var values) ? values.ToString() : null;
#else
        var text = response.Headers.TryGetValues("X-Consul-Index", out var values) ? string.Concat(values) : null;
#endif
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;
    }
}

/// <summary>An answer larger than the client is willing to take.</summary>
internal sealed class ReplyTooLargeException(int limit) : Exception($"The answer is larger than {limit} bytes.");
