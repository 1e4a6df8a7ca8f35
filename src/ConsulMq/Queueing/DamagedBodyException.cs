using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A big body whose chunks are not what its message says. Not damage if the message is gone as well: then somebody has just taken both.</summary>
/// <param name="key">The chunk, or the prefix of all of them if it cannot be told which.</param>
/// <param name="why">What is wrong with it: the end of a sentence.</param>
internal sealed class DamagedBodyException(string key, string why) : ConsulMqException(ConsulMqError.CorruptEntry, $"Key '{key}' cannot be read: {why}.", key)
{
    /// <summary>The error for the message that the body belongs to.</summary>
    public ConsulMqException Of(Message message) => new(ConsulMqError.CorruptEntry, $"Key '{key}' cannot be read: {why} ({message.Id}). The message stays and is passed over.", key)
    {
        RecommendedAction = "Put back what belongs there, or delete the message.",
    };
}
