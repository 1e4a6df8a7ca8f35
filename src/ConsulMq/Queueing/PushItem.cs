using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A message on its way into a queue.</summary>
/// <param name="Message">The message.</param>
/// <param name="Due">When it may be popped, in milliseconds since 1970; 0: at once.</param>
/// <param name="DeduplicationId">The ID under which it is pushed once; null: each push counts.</param>
/// <param name="WasLetIn">Whether it was in a queue before: what was added to it since must not keep it from going back.</param>
internal readonly record struct PushItem(Message Message, long Due = 0, string? DeduplicationId = null, bool WasLetIn = false);
