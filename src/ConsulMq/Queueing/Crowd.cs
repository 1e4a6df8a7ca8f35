using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// How a consumer keeps out of the others' way. All of them want the first message; one that loses a claim takes from a class of entries of its own
/// instead, by a hash of their IDs. There are about as many classes as consumers: how many there are shows in how fast entries vanish beside those
/// that the consumer itself took.
/// </summary>
internal sealed class Crowd(RandomSource random)
{
    private const int MostClasses = 128;

    private double _consumers = 1;
    private int _classes = 1;
    private int _own;

    /// <summary>Whether nobody competes, as far as is known.</summary>
    public bool IsAlone => _classes == 1;

    public int Classes => _classes;

    /// <summary>Whether an entry, by its key, is of the consumer's class.</summary>
    public bool Owns(string entry) => Class(entry) == _own;

    /// <summary>Whether two entries are of the same class.</summary>
    public bool AreOneClass(string a, string b) => Class(a) == Class(b);

    /// <summary>Forgets all competitors.</summary>
    public void Reset()
    {
        _consumers = 1;
        Fit();
    }

    /// <summary>A claim was lost: somebody competes, and maybe has the same class.</summary>
    /// <param name="own">Whether it was lost on an entry of the consumer's own class.</param>
    public void Lost(bool own)
    {
        if (!IsAlone && !own)
            return;
        _consumers = Math.Min((_consumers * 1.1) + 0.6, MostClasses);
        Fit();
        _own = Pick(_classes);
    }

    /// <summary>What two listings of the same page tell, once the consumer has taken its own class from it.</summary>
    /// <param name="vanished">How many entries were there before and are gone.</param>
    /// <param name="taken">How many of them were the consumer's own.</param>
    public void Observe(int vanished, int taken)
    {
        // Few entries tell little: the estimate follows slowly.
        var weight = Math.Min(1, vanished / 32.0);
        _consumers += ((vanished / Math.Max(taken, 0.5)) - _consumers) * 0.5 * weight;
        Fit();
    }

    /// <summary>A number from 0 up to, not including, <paramref name="end"/>.</summary>
    public int Pick(int end) => (int)(random.NextDouble() * end);

    private int Class(string entry) => (int)(EntryKey.Spread(entry) & (uint)(_classes - 1));

    /// <summary>About as many classes as consumers. It takes a clear sign to change them: classes that merge make owners collide.</summary>
    private void Fit()
    {
        var classes = _consumers < 1.5 ? 1 : _classes;
        while (classes < _consumers * 0.75 && classes < MostClasses)
            classes *= 2;
        while (classes > _consumers * 3)
            classes /= 2;
        // Classes split and merge by the hash's next bit: who was alone in a class stays so.
        while (_classes < classes)
        {
            _own |= Pick(2) == 0 ? _classes : 0;
            _classes *= 2;
        }

        while (_classes > classes)
        {
            _classes /= 2;
            _own &= _classes - 1;
        }
    }
}
