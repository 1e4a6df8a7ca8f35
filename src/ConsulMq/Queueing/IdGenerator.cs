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
        long stamp;
        lock (_gate)
        {
            // Milliseconds and counter as one number: when the counter runs over, or the clock goes back, time runs ahead of the clock.
            stamp = Math.Max(clock.UtcNow.ToUnixTimeMilliseconds() << 12, _last + 1);
            _last = stamp;
        }

        var milliseconds = stamp >> 12;
        return new Guid(
            (int)(milliseconds >> 16), (short)milliseconds, (short)(0x7000 | (stamp & 0xFFF)),
            (byte)(0x80 | (tail[0] & 0x3F)), tail[1], tail[2], tail[3], tail[4], tail[5], tail[6], tail[7]);
    }

    /// <summary>The ID of an entry: unique, 28 hex digits, in the order of creation as far as clocks go.</summary>
    public string NewEntryId()
    {
        var milliseconds = clock.UtcNow.ToUnixTimeMilliseconds();
        return milliseconds.ToString("x12", CultureInfo.InvariantCulture) + random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>The ID of an operation in a receipt, or of a lane: unique, 16 hex digits.</summary>
    public string NewToken() => random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture);
}
