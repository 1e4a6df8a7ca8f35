using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A message on its way into a queue.</summary>
/// <param name="Message">The message.</param>
/// <param name="Due">When it may be popped, in milliseconds since 1970; 0: at once.</param>
/// <param name="DeduplicationId">The ID under which it is pushed once; null: each push counts.</param>
/// <param name="WasLetIn">Whether it was in a queue before: what was added to it since must not keep it from going back.</param>
/// <param name="TakesDefaults">Whether the queue's time to live is its own: nobody gave it another one.</param>
/// <param name="Source">Where its body comes from, if that is not in the message, or was uploaded.</param>
/// <param name="Upload">Its big body, whose mark goes in the transaction that makes the message; null: it has none, or its chunks are another message's already.</param>
internal readonly record struct PushItem(
    Message Message, long Due = 0, string? DeduplicationId = null, bool WasLetIn = false, bool TakesDefaults = false, BodySource? Source = null,
    UploadedBody? Upload = null)
{
    /// <summary>The item as it is pushed into a queue with this time to live, which begins when the message can be popped.</summary>
    public PushItem With(TimeSpan? timeToLive)
    {
        if (!TakesDefaults)
            return this;
        var from = Due == 0 ? Message.CreatedAt : DateTimeOffset.FromUnixTimeMilliseconds(Due);
        var expires = Expiry(from, timeToLive);
        return expires == Message.ExpiresAt ? this : this with { Message = Message with { ExpiresAt = expires } };
    }

    /// <summary>The item with its body uploaded.</summary>
    public PushItem With(UploadedBody upload) => this with { Message = Message with { Blob = upload.Body }, Upload = upload };

    /// <summary>The item at a place of its own.</summary>
    public PushItem At(Rank rank) => this with { Message = Message.At(rank) };

    /// <summary>When a time to live that begins at a moment is over; null: never.</summary>
    public static DateTimeOffset? Expiry(DateTimeOffset from, TimeSpan? timeToLive) =>
        timeToLive is not { } ttl ? null : ttl < DateTimeOffset.MaxValue - from ? from + ttl : DateTimeOffset.MaxValue;
}
