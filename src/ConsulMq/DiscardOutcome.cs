namespace ConsulMq;

/// <summary>What became of messages that were to be removed.</summary>
/// <param name="Removed">The IDs of those that were removed.</param>
/// <param name="Problems">Why others were not, each with the message's ID as its subject.</param>
public sealed record DiscardOutcome(IReadOnlyList<Guid> Removed, IReadOnlyList<ConsulMqException> Problems);
