using System.Text;

namespace ConsulMq.TestSupport.Histories;

/// <summary>What a check of a history found.</summary>
public sealed record HistoryReport
{
    private const int Shown = 5;

    /// <summary>Messages whose producer was told that they are in the queue, which nobody ever took for good, and nothing unknown explains it.</summary>
    public required IReadOnlyList<MessageHistory> Lost { get; init; }

    /// <summary>Messages that nobody took for good as far as is known, and that operations of unknown outcome may have taken.</summary>
    public required IReadOnlyList<MessageHistory> Unaccounted { get; init; }

    /// <summary>Messages taken for good more than once.</summary>
    public required IReadOnlyList<MessageHistory> Duplicated { get; init; }

    /// <summary>Messages that somebody was given after they were known to be completed, popped or cleared.</summary>
    public required IReadOnlyList<MessageHistory> Resurrected { get; init; }

    /// <summary>Messages that came out and never went in: nobody pushed them, their push was refused, or they came before it began.</summary>
    public required IReadOnlyList<MessageHistory> Invented { get; init; }

    /// <summary>Messages overtaken by more of those that were pushed after them than is allowed, and nothing unknown explains it.</summary>
    public required IReadOnlyList<MessageHistory> Reordered { get; init; }

    /// <summary>Operations that were told the queue is empty, while a message was there from before they began until after they ended.</summary>
    public required IReadOnlyList<HistoryOperation> FalselyEmpty { get; init; }

    /// <summary>How many messages overtook one that was pushed before them, at most.</summary>
    public required int MostOvertaken { get; init; }

    /// <summary>How many messages producers were told to be in the queue.</summary>
    public required int Pushed { get; init; }

    /// <summary>How many messages were taken for good.</summary>
    public required int Taken { get; init; }

    /// <summary>How many deliveries there were beyond the first ones: leases that came back.</summary>
    public required int Redelivered { get; init; }

    /// <summary>How many operations nobody knows the outcome of.</summary>
    public required int Unknown { get; init; }

    /// <summary>Whether the queue kept all its promises.</summary>
    public bool IsRight => Lost.Count + Duplicated.Count + Resurrected.Count + Invented.Count + Reordered.Count + FalselyEmpty.Count == 0;

    /// <summary>The figures, and for what is wrong the first messages with all that happened to them.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Pushed} pushed, {Taken} taken, {Redelivered} delivered again, {Unknown} operations of unknown outcome, overtaken by {MostOvertaken} at most: {(IsRight ? "right" : "WRONG")}.");
        Tell("Lost", Lost);
        Tell("Unaccounted for", Unaccounted);
        Tell("Duplicated", Duplicated);
        Tell("Resurrected", Resurrected);
        Tell("Invented", Invented);
        Tell("Reordered", Reordered);
        foreach (var operation in FalselyEmpty.Take(Shown))
            text.AppendLine().Append($"Falsely empty: {operation.Process} was told at {operation.EmptyAt}, called at {operation.CalledAt}.");
        return text.ToString();

        void Tell(string verdict, IReadOnlyList<MessageHistory> messages)
        {
            if (messages.Count > 0)
                text.AppendLine().Append($"{verdict}: {messages.Count}");
            foreach (var message in messages.Take(Shown))
                text.AppendLine().Append($"  {message.Name}: {string.Join("; ", Events(message))}");
        }
    }

    private static IEnumerable<string> Events(MessageHistory message)
    {
        var operations = message.Takes.Concat(message.Completions);
        return (message.Push is null ? operations : operations.Prepend(message.Push)).OrderBy(static o => o.CalledAt)
            .Select(o => $"{o.Verb} by {o.Process} called {o.CalledAt}, {o.OutcomeOf(message.Name)}{(o.Done.TryGetValue(message.Name, out var at) ? $" {at}" : "")}");
    }
}
