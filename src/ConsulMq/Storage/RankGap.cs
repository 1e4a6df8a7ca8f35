namespace ConsulMq.Storage;

/// <summary>
/// A place in the order of a queue at which messages can be inserted, however many: the ranks that it gives ascend, lie between its neighbours, and are
/// nobody else's. docs/storage-protocol.md, "Inserting", has the argument. Immutable.
/// </summary>
internal sealed class RankGap
{
    /// <summary>The first elements of a rank are those of a message that was pushed, or stand for one; what is inserted tells itself apart behind them.</summary>
    private const int Anchor = 3;

    /// <summary>How far a place keeps away from its neighbour: room to insert between them 32 times over before a rank grows.</summary>
    private const long Step = 1L << 32;

    private readonly long[] _elements;

    private RankGap(long[] elements) => _elements = elements;

    /// <summary>The rank of the message number <paramref name="number"/> at this place, from 0 on.</summary>
    public Rank this[int number] => new([.. _elements, number]);

    /// <summary>Before everything.</summary>
    /// <param name="head">The ModifyIndex of the head that the insert replaces: unique, and larger than at any insert before.</param>
    public static RankGap Front(ulong head) => new([-(long)head]);

    /// <summary>Between two messages of which one comes behind the other.</summary>
    /// <param name="before">The rank of the message before.</param>
    /// <param name="after">The rank of the message behind.</param>
    /// <param name="head">The ModifyIndex of the head that the insert replaces, which makes the place unique.</param>
    public static RankGap Between(Rank before, Rank after, ulong head) => new([.. Part(before, after), (long)head]);

    /// <summary>The same between ranks that anybody may have written. Null: nothing lies between them, or nothing that a rank can tell.</summary>
    /// <param name="before">The rank of the message before.</param>
    /// <param name="after">The rank of the message behind.</param>
    /// <param name="head">The ModifyIndex of the head that the insert replaces.</param>
    public static RankGap? TryBetween(Rank before, Rank after, ulong head)
    {
        if (before.CompareTo(after) >= 0 || Part(before, after).Length + 2 > Rank.MaxLength)
            return null;
        var gap = Between(before, after, head);
        return before.CompareTo(gap[0]) < 0 && gap[int.MaxValue].CompareTo(after) < 0 ? gap : null;
    }

    /// <summary>Elements behind which anything lies between the two.</summary>
    private static long[] Part(Rank before, Rank after)
    {
        long[] low = [.. before.Elements];
        long[] high = [.. after.Elements];
        if (low.Length < Anchor && Pad(low) is var padded && new Rank(padded).CompareTo(after) < 0)
            low = padded;
        var same = 0;
        while (same < low.Length && same < high.Length && low[same] == high[same])
            same++;
        // The one behind begins with the one before: keep below where it goes on.
        if (same == low.Length)
            return [.. low, high[same] >= long.MinValue + Step ? high[same] - Step : high[same] - 1];
        // In the middle between two that were inserted at the same message.
        if (same >= Anchor && Middle(low[same], high[same]) is var middle && middle > low[same])
            return [.. low.Take(same), middle];
        // Right behind the one before.
        var at = Math.Max(same + 1, Anchor);
        if (low.Length <= at)
            return [.. low, .. new long[Math.Max(Anchor - low.Length, 0)], 0];
        return low[at] <= long.MaxValue - Step ? [.. low.Take(at), low[at] + Step] : [.. low, 0];
    }

    private static long[] Pad(long[] elements) => [.. elements, .. new long[Anchor - elements.Length]];

    /// <summary>Rounded down.</summary>
    private static long Middle(long low, long high) => (low & high) + ((low ^ high) >> 1);
}
