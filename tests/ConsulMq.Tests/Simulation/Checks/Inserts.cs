namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>A message that a client was asked to push to a position.</summary>
/// <param name="Block">The stream that it came through, which stands in the queue as one block.</param>
/// <param name="Number">Its number there, from 0 on.</param>
/// <param name="Position">How many messages come before the block.</param>
/// <param name="Since">The step in which the stream was opened.</param>
internal sealed record Insert(int Block, int Number, long Position, int Since);

/// <summary>
/// Checks where messages land that do not go to the end: at the front before all that is there at their commit, at a position behind as many as were asked
/// for, give or take what came and went since; and in the order of their stream.
/// </summary>
internal sealed class Inserts(World world)
{
    private readonly Dictionary<string, Insert> _inserts = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (Insert Insert, LedgerMessage Message)> _last = [];
    private int _blocks;

    /// <summary>How many messages were pushed to the front.</summary>
    public int InFront { get; private set; }

    /// <summary>How many were pushed to other positions.</summary>
    public int Between { get; private set; }

    public int NewBlock() => ++_blocks;

    public void Begin(string text, Insert insert) => _inserts[text] = insert;

    public bool WasAskedFor(string text) => _inserts.ContainsKey(text);

    /// <summary>Messages were committed for the first time, in the order of their commit.</summary>
    public void Committed(Ledger ledger, IReadOnlyList<LedgerMessage> messages)
    {
        foreach (var message in messages)
        {
            // What goes to another queue, or comes back, comes to the end.
            if (ledger != world.Ledger || message.Earlier is not null || !_inserts.TryGetValue(message.Text, out var insert))
                continue;
            var isFirst = !_last.TryGetValue(insert.Block, out var last);
            if (!isFirst && (last.Insert.Number >= insert.Number || last.Message.Rank.CompareTo(message.Rank) >= 0))
                world.Fail($"{message} at {message.Rank} is not behind {last.Message} at {last.Message.Rank}, which came before it in its stream.");
            _last[insert.Block] = (insert, message);
            InFront += insert.Position == 0 ? 1 : 0;
            Between += insert.Position > 0 ? 1 : 0;
            if (isFirst)
                CheckPlace(ledger, message, insert);
        }
    }

    private void CheckPlace(Ledger ledger, LedgerMessage message, Insert insert)
    {
        var before = ledger.Present.TakeWhile(m => m.Rank.CompareTo(message.Rank) < 0).ToList();
        if (insert.Position == 0 && before.Count > 0)
            world.Fail($"{message} was pushed to the front, and stands at {message.Rank} behind {before[0]} at {before[0].Rank}.");
        var stayed = before.Count(m => m.ExpiresAt is null && m.ChangedAt < insert.Since);
        if (stayed > insert.Position)
            world.Fail($"{message} was pushed to position {insert.Position}, and stands at {message.Rank} behind {stayed} that were there all the while.");
        var gone = ledger.Ranked.Count(m => !m.IsPresent && m.ChangedAt >= insert.Since && m.Rank.CompareTo(message.Rank) < 0);
        if (before.Count + gone < insert.Position)
            world.Fail($"{message} was pushed to position {insert.Position}, and stands at {message.Rank} behind {before.Count}; {gone} have gone since.");
    }
}
