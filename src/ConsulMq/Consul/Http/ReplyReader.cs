using System.Buffers;
using System.Globalization;

namespace ConsulMq.Consul.Http;

/// <summary>
/// Reads a response's body into a pooled buffer. Whatever answers there, it ends: at a limit, at a first byte that no answer of Consul's has, and where an
/// error's words are over. Memory grows with what came, not with the length that was announced.
/// </summary>
internal static class ReplyReader
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>An announced length is believed so far.</summary>
    private const int BelievedLength = 4 * 1024 * 1024;

    /// <summary>Consul takes values of 512 KiB unless it is set to take larger ones; in JSON they are a third longer.</summary>
    private const int MostOfOne = 16 * 1024 * 1024;

    /// <summary>Of an error only the first words are of interest; what comes behind them is not read.</summary>
    private const int MostOfError = 64 * 1024;

    /// <summary>Reads the answer: all of it, but of an error only the beginning, and of what is plainly none of Consul's no more than shows that.</summary>
    /// <exception cref="ReplyTooLargeException">It is larger than it may be.</exception>
    public static async ValueTask<Reply> ReadAsync(HttpResponseMessage response, bool wantsIndex, ReplyKind kind, int limit, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var index = wantsIndex ? Index(response) : 0;
        // Null only where an HttpMessageHandler of the older kind has no body at all.
        if (response.Content is null)
            return new Reply(status, index, [], 0);
        var isError = status is not (200 or 409);
        limit = isError ? MostOfError : kind == ReplyKind.Listing ? limit : Math.Min(limit, MostOfOne);
        var known = response.Content.Headers.ContentLength;
        if (known > limit && !isError)
            throw new ReplyTooLargeException(limit);
        if (known == 0)
            return new Reply(status, index, [], 0);
#if NET
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
#else
        var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
#endif
        var most = (int)Math.Min(known ?? limit + 1L, limit + 1L);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(most, known is null ? FirstBuffer : BelievedLength));
        var length = 0;
        // On an exception the buffer stays out of the pool: an aborted read may still write into it.
        // With a known length the last byte ends the answer; the stream itself complains if it ends before.
        while (known is null || length < known)
        {
            if (length == buffer.Length)
                buffer = Grow(buffer, length, most);
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

            var isFirst = length == 0;
            length += read;
            if (isError && length >= limit)
                return new Reply(status, index, buffer, limit);
            if (length > limit)
                throw new ReplyTooLargeException(limit);
            // Whoever parses it says what it is.
            if (isFirst && !isError && kind != ReplyKind.Raw && !MayBeJson(buffer[0]))
                break;
        }

        return new Reply(status, index, buffer, length);
    }

    private static bool MayBeJson(byte first) => first is (byte)'[' or (byte)'{' or (byte)'"' or (byte)'t' or (byte)'f' or (byte)'n'
        or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'-' or (>= (byte)'0' and <= (byte)'9');

    private static byte[] Grow(byte[] buffer, int length, int most)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, most));
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
