namespace ConsulMq.Queueing;

/// <summary>
/// A line of write transactions, one at a time, each of which compares and sets the lane's receipt: so that a lost reply never leaves open whether the
/// transaction happened.
/// </summary>
internal sealed class Lane(string key)
{
    /// <summary>The key of the receipt.</summary>
    public string Key { get; } = key;

    /// <summary>The receipt's ModifyIndex; 0 before the first operation.</summary>
    public ulong Index { get; set; }

    /// <summary>When the lane was used last, on the clock that never goes back.</summary>
    public TimeSpan UsedAt { get; set; }
}
