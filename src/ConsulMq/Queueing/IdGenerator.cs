using System.Globalization;

namespace ConsulMq.Queueing;

/// <summary>Makes IDs: UUIDv7 (RFC 9562, method 1: a counter of 12 bits behind the milliseconds keeps them in order), entry IDs, operation IDs.</summary>
internal sealed class IdGenerator(Clock clock, RandomSource random)
{
    private readonly object _gate = new();
    private long _last;

    /// <summary>A UUIDv7, greater than all this generator made before.</summary>
    public Guid NewMessageId()
    {
        Span<byte> tail = stackalloc byte[8];
        random.Fill(tail);
        var stamp = NextStamp();
        var milliseconds = stamp >> 12;
        return new Guid(
            (int)(milliseconds >> 16), (short)milliseconds, (short)(0x7000 | (stamp & 0xFFF)),
            (byte)(0x80 | (tail[0] & 0x3F)), tail[1], tail[2], tail[3], tail[4], tail[5], tail[6], tail[7]);
    }

    /// <summary>The ID of an entry: unique, 28 hex digits, the first 15 in the order of creation: one client's entries stand in its order in a listing.</summary>
    public string NewEntryId() =>
        NextStamp().ToString("x15", CultureInfo.InvariantCulture) + (random.NextUInt64() >> 12).ToString("x13", CultureInfo.InvariantCulture);

    /// <summary>The ID of an operation in a receipt, or of a lane: unique, 16 hex digits.</summary>
    public string NewToken() => random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Milliseconds and a counter of 12 bits as one number: when the counter runs over, or the clock goes back, time runs ahead of the clock.</summary>
    private long NextStamp()
    {
        lock (_gate)
            return _last = Math.Max(clock.UtcNow.ToUnixTimeMilliseconds() << 12, _last + 1);
    }
}
