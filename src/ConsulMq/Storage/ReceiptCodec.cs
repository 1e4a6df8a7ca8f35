using System.Buffers;
using System.Buffers.Text;

namespace ConsulMq.Storage;

/// <summary>A lane's receipt: the ID of its last operation or fence, and when. <c>{"op":"…","at":"…"}</c></summary>
internal static class ReceiptCodec
{
    /// <summary>Of <c>2026-11-23T07:44:07.0091234Z</c>, cut behind the milliseconds.</summary>
    private const int TimeLength = 24;

    private static ReadOnlySpan<byte> Before => "{\"op\":\""u8;

    private static ReadOnlySpan<byte> Between => "\",\"at\":\""u8;

    /// <summary>The receipt of an operation. The ID is our own: hex digits, or <c>fence-</c> and hex digits.</summary>
    public static byte[] Write(string operation, DateTimeOffset now)
    {
        // On the path of every write: no format strings.
        var value = new byte[Before.Length + operation.Length + Between.Length + TimeLength + 2];
        var at = 0;
        Append(value, ref at, Before);
        foreach (var c in operation)
            value[at++] = (byte)c;
        Append(value, ref at, Between);
        Span<byte> time = stackalloc byte[28];
        Utf8Formatter.TryFormat(now.UtcDateTime, time, out _, new StandardFormat('O'));
        Append(value, ref at, time.Slice(0, TimeLength - 1));
        Append(value, ref at, "Z\"}"u8);
        return value;
    }

    /// <summary>The ID of the operation. Null: damage.</summary>
    public static string? Operation(ReadOnlySpan<byte> value) => JsonProperty.Text(value, "op"u8);

    /// <summary>When the lane was used. Null: damage.</summary>
    public static DateTimeOffset? Time(ReadOnlySpan<byte> value) => JsonProperty.Time(value, "at"u8);

    private static void Append(byte[] value, ref int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(value.AsSpan(at));
        at += text.Length;
    }
}
