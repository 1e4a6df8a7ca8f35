using System.Globalization;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// The dead letters of a queue are an ordinary queue beside it, <c>QUEUE.dead</c>. What happened stands in a dead letter's headers. A queue of dead
/// letters has none of its own: what is denied there goes to its end.
/// </summary>
internal static class DeadLetters
{
    /// <summary>Why it is a dead letter.</summary>
    public const string ReasonHeader = "consulmq-dead-reason";

    /// <summary>Since when, in UTC.</summary>
    public const string TimeHeader = "consulmq-dead-at";

    /// <summary>The queue it was in.</summary>
    public const string QueueHeader = "consulmq-dead-queue";

    /// <summary>How often it had been delivered.</summary>
    public const string DeliveriesHeader = "consulmq-dead-deliveries";

    /// <summary>When it would have expired; dead letters do not.</summary>
    public const string ExpiresHeader = "consulmq-dead-expires";

    private const int LongestReason = 4096;

    public static bool IsDeadLetterQueue(string queue) => queue.EndsWith(QueueName.DeadLetterSuffix, StringComparison.Ordinal);

    /// <summary>The queue that a queue's dead letters go to.</summary>
    public static string QueueOf(string queue) => IsDeadLetterQueue(queue) ? queue : queue + QueueName.DeadLetterSuffix;

    /// <summary>The message as a dead letter.</summary>
    /// <param name="message">The message, with the deliveries it has had.</param>
    /// <param name="queue">The queue it was in.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">When.</param>
    public static Message Of(Message message, string queue, string reason, DateTimeOffset now)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in message.Headers)
            headers[header.Key] = header.Value;
        headers[ReasonHeader] = Cut(reason);
        headers[TimeHeader] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        headers[QueueHeader] = queue;
        headers[DeliveriesHeader] = message.Deliveries.ToString(CultureInfo.InvariantCulture);
        if (message.ExpiresAt is { } expires)
            headers[ExpiresHeader] = expires.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        return message with { Headers = headers, Rank = null, Deliveries = 0, ExpiresAt = null };
    }

    private static string Cut(string reason) => reason.Length <= LongestReason
        ? reason
        : reason.Substring(0, char.IsHighSurrogate(reason[LongestReason - 2]) ? LongestReason - 2 : LongestReason - 1) + "…";
}
