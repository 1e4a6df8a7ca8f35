namespace ConsulMq.Queueing;

/// <summary>A big body whose chunks are not what its message says. Not damage if the message is gone as well: then somebody has just taken both.</summary>
/// <param name="key">The chunk, or the prefix of all of them if it cannot be told which.</param>
/// <param name="why">What is wrong with it: the end of a sentence.</param>
internal sealed class DamagedBodyException(string key, string why) : Exception($"Key '{key}': {why}.")
{
    public string Key => key;

    public string Why => why;
}
