namespace ConsulMq;

/// <summary>What a pop gave.</summary>
/// <param name="Items">The messages, in order. They are out of the queue.</param>
/// <param name="Damage">Errors on entries that cannot be read; they were passed over and left untouched. Each is told once a consumer.</param>
public sealed record PopBatch(IReadOnlyList<QueueObject> Items, IReadOnlyList<ConsulMqException> Damage);
