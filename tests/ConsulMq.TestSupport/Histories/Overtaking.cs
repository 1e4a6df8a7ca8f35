namespace ConsulMq.TestSupport.Histories;

/// <summary>Counts, for each message, those that were certainly pushed after it and certainly delivered before it.</summary>
internal static class Overtaking
{
    /// <summary>All messages that were overtaken and delivered in the end, with the number of those that overtook them. In the order of n log n, for n messages.</summary>
    public static IReadOnlyList<(MessageHistory Message, int Count)> Of(IEnumerable<MessageHistory> messages)
    {
        // The later a push began, the earlier it is here: when a message's turn comes, all that were certainly pushed after it have had theirs.
        var pushes = messages.OrderByDescending(static m => m.PushedFrom).ToList();
        var taken = pushes.Select(static m => m.TakenBy).Where(static t => t < long.MaxValue).Distinct().Order().ToArray();
        var counts = new int[taken.Length + 1];
        var next = 0;
        var found = new List<(MessageHistory, int)>();
        foreach (var message in pushes.Where(static m => m.IsPushed).OrderByDescending(static m => m.PushedBy))
        {
            while (next < pushes.Count && pushes[next].PushedFrom > message.PushedBy)
                Add(pushes[next++].TakenBy);
            if (message.Takes.Count > 0 && CountBelow(message.TakenFrom) is > 0 and var count)
                found.Add((message, count));
        }

        return found;

        // A Fenwick tree over the moments of delivery.
        void Add(long at)
        {
            if (at == long.MaxValue)
                return;
            for (var i = Array.BinarySearch(taken, at) + 1; i < counts.Length; i += i & -i)
                counts[i]++;
        }

        int CountBelow(long at)
        {
            var index = Array.BinarySearch(taken, at);
            var sum = 0;
            for (var i = index < 0 ? ~index : index; i > 0; i -= i & -i)
                sum += counts[i];
            return sum;
        }
    }
}
