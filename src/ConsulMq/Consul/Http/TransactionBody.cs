using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace ConsulMq.Consul.Http;

/// <summary>
/// Writes the body of a transaction by hand into one pooled buffer: base64 goes straight there, and keys, nearly always plain ASCII, are narrowed in
/// place. This is the hot path: a push is one of these, and so is a pop.
/// </summary>
internal static class TransactionBody
{
    /// <summary>Longest text around one operation: names, verb, index, punctuation.</summary>
    private const int Frame = 128;

    // Consul must be given the very key that was meant: no replacement characters.
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>Writes the operations. The content owns the buffer.</summary>
    /// <param name="operations">The operations.</param>
    /// <param name="members">What each of them has behind its own members: <see cref="Tenancy.Members"/>.</param>
    /// <param name="address">Where Consul is, for errors.</param>
    /// <exception cref="ConsulException"><see cref="ConsulFault.TooLarge"/> before anything is sent: a body over Consul's limit is often answered with a
    /// broken connection, which looks like an unknown outcome.</exception>
    public static BodyContent Write(IReadOnlyList<KvOperation> operations, ReadOnlySpan<byte> members, string address)
    {
        long values = 0, bound = 2;
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            var encoded = ((long)operation.Value.Length + 2) / 3 * 4;
            values += encoded;
            // A character becomes at most six bytes (\u001f).
            bound += Frame + members.Length + encoded + (6L * operation.Key.Length) + (6L * (operation.Session?.Length ?? 0));
        }
        if (values > ConsulLimits.TransactionBytes || bound > int.MaxValue)
            throw TooLarge(address, bound);

        var buffer = ArrayPool<byte>.Shared.Rent((int)bound);
        try
        {
            var length = Write(operations, members, buffer);
            if (length > ConsulLimits.TransactionBytes)
                throw TooLarge(address, length);
            return BodyContent.Pooled(buffer, length);
        }
        catch (Exception e)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (e is EncoderFallbackException)
                throw new ConsulException(ConsulFault.Rejected, address, false, "A key is not valid Unicode.", e);
            throw;
        }
    }

    private static int Write(IReadOnlyList<KvOperation> operations, ReadOnlySpan<byte> members, byte[] buffer)
    {
        var at = 0;
        buffer[at++] = (byte)'[';
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            if (i > 0)
                buffer[at++] = (byte)',';
            Append(buffer, ref at, "{\"KV\":{\"Verb\":\""u8);
            Append(buffer, ref at, Verb(operation.Verb));
            Append(buffer, ref at, "\",\"Key\":\""u8);
            AppendText(buffer, ref at, operation.Key);
            buffer[at++] = (byte)'"';
            if (operation.Verb is KvVerb.Set or KvVerb.Cas or KvVerb.Lock or KvVerb.Unlock)
            {
                Append(buffer, ref at, ",\"Value\":\""u8);
                Base64.EncodeToUtf8(operation.Value.Span, buffer.AsSpan(at), out _, out var written);
                at += written;
                buffer[at++] = (byte)'"';
            }
            if (operation.Verb is KvVerb.Cas or KvVerb.CheckIndex or KvVerb.DeleteCas)
            {
                Append(buffer, ref at, ",\"Index\":"u8);
                Utf8Formatter.TryFormat(operation.Index, buffer.AsSpan(at), out var written);
                at += written;
            }
            if (operation.Verb is KvVerb.Lock or KvVerb.Unlock or KvVerb.CheckSession)
            {
                Append(buffer, ref at, ",\"Session\":\""u8);
                AppendText(buffer, ref at, operation.Session ?? "");
                buffer[at++] = (byte)'"';
            }
            Append(buffer, ref at, members);
            Append(buffer, ref at, "}}"u8);
        }
        buffer[at++] = (byte)']';
        return at;
    }

    private static void Append(byte[] buffer, ref int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer.AsSpan(at));
        at += text.Length;
    }

    /// <summary>Appends the inside of a JSON string.</summary>
    private static void AppendText(byte[] buffer, ref int at, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and < (char)0x7f and not '"' and not '\\')
            {
                buffer[at++] = (byte)c;
            }
            else if (c < 0x80)
            {
                Append(buffer, ref at, "\\u00"u8);
                Utf8Formatter.TryFormat((byte)c, buffer.AsSpan(at), out var written, new StandardFormat('x', 2));
                at += written;
            }
            else
            {
                var end = i + 1;
                while (end < text.Length && text[end] >= 0x80)
                    end++;
                at += Strict.GetBytes(text, i, end - i, buffer, at);
                i = end - 1;
            }
        }
    }

    private static ReadOnlySpan<byte> Verb(KvVerb verb) => verb switch
    {
        KvVerb.Set => "set"u8,
        KvVerb.Cas => "cas"u8,
        KvVerb.Lock => "lock"u8,
        KvVerb.Unlock => "unlock"u8,
        KvVerb.Get => "get"u8,
        KvVerb.GetTree => "get-tree"u8,
        KvVerb.CheckIndex => "check-index"u8,
        KvVerb.CheckSession => "check-session"u8,
        KvVerb.CheckNotExists => "check-not-exists"u8,
        KvVerb.Delete => "delete"u8,
        KvVerb.DeleteTree => "delete-tree"u8,
        KvVerb.DeleteCas => "delete-cas"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(verb)),
    };

    private static ConsulException TooLarge(string address, long bytes) => new(ConsulFault.TooLarge, address, false,
        $"The transaction has {bytes} bytes; Consul takes {ConsulLimits.TransactionBytes}.");
}
