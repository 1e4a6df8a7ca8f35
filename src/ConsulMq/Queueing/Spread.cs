namespace ConsulMq.Queueing;

/// <summary>
/// How a consumer keeps out of the others' way. All of them want the first message; one that loses a claim prefers the entries of a class of its own.
/// The number of classes doubles with each loss and shrinks while there is none.
/// </summary>
internal sealed class Spread(RandomSource random)
{
    private const uint MostClasses = 64;
    private const int WinsToShrink = 48;

    private uint _classes = 1;
    private uint _own;
    private int _wins;

    /// <summary>Whether the consumer takes the first message, as long as nobody competes.</summary>
    public bool IsInOrder => _classes == 1;

    /// <summary>Whether an entry is of the consumer's class.</summary>
    public bool Prefers(Storage.EntryKey entry) => (entry.Spread() & (_classes - 1)) == _own;

    /// <summary>Where to begin among so many entries of other classes.</summary>
    public int Start(int count) => (int)(random.NextDouble() * count);

    public void Lost()
    {
        _classes = Math.Min(_classes * 2, MostClasses);
        _own = (uint)random.NextUInt64() & (_classes - 1);
        _wins = 0;
    }

    public void Won()
    {
        if (_classes == 1 || ++_wins < WinsToShrink)
            return;
        _classes /= 2;
        _own &= _classes - 1;
        _wins = 0;
    }
}
