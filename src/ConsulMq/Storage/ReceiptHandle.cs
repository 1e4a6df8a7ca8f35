using System.Globalization;

namespace ConsulMq.Storage;

/// <summary>
/// What names a leased message: <c>SESSION/LEASE/OFFSET</c>, and for a lease of a duration <c>/SECONDS</c> behind it; SESSION/LEASE being the end of the
/// key under <c>i/</c>. So whoever has it finds the lease with one read.
/// </summary>
/// <param name="Lease">The key of the lease.</param>
/// <param name="Session">The session that holds it.</param>
/// <param name="Offset">The message's offset in it.</param>
/// <param name="Duration">For how long it was taken; null: as long as its process lives.</param>
internal sealed record ReceiptHandle(EntryKey Lease, string Session, int Offset, TimeSpan? Duration)
{
    /// <summary>Consul's sessions are called by GUIDs.</summary>
    private const int LongestSession = 64;

    /// <summary>The handle as text.</summary>
    public static string Write(QueueKeys keys, EntryKey lease, int offset, TimeSpan? duration)
    {
        var text = string.Concat(lease.Key.Substring(keys.InFlight.Length), "/", offset.ToString(CultureInfo.InvariantCulture));
        return duration is { } d ? string.Concat(text, "/", ((long)d.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : text;
    }

    /// <summary>The session in the key of a lease.</summary>
    public static string SessionOf(QueueKeys keys, EntryKey lease) =>
        lease.Key.Substring(keys.InFlight.Length, lease.Key.IndexOf('/', keys.InFlight.Length) - keys.InFlight.Length);

    /// <summary>Reads a handle. Null: it is none.</summary>
    public static ReceiptHandle? TryParse(QueueKeys keys, string? text)
    {
        var parts = text?.Split('/');
        if (parts?.Length is not (3 or 4) || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return null;
        long seconds = 0;
        if (parts.Length == 4 && (!long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds is < 1 or > 86_400))
            return null;
        // Whoever gives a handle may have written it by hand, and its session goes into a URL.
        if (parts[0].Length > LongestSession || !parts[0].All(static c => c is '-' or (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z')))
            return null;
        return EntryKey.TryParse(keys, string.Concat(keys.InFlight, parts[0], "/", parts[1]), out var lease) && offset < lease.Count
            ? new ReceiptHandle(lease, parts[0], offset, seconds > 0 ? TimeSpan.FromSeconds(seconds) : null)
            : null;
    }
}
