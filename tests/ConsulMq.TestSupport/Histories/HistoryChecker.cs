namespace ConsulMq.TestSupport.Histories;

/// <summary>
/// Judges the history of a queue by what each process was told and when. A concurrent queue is right if each operation can be thought to happen at one
/// moment between its call and its answer; that this fails can always be seen at one, two or three messages (Henzinger, Sezgin and Vafeiadis,
/// "Aspect-Oriented Linearizability Proofs", 2013): one comes out that never went in, one comes out twice, two come out in the wrong order, or somebody
/// is told that the queue is empty while one is in it. To these come what a durable queue promises besides: nothing is lost, and what is completed
/// does not come back. Each verdict is certain: operations that overlap in time may have happened in either order, and what nobody was told of may
/// have been done or not.
/// </summary>
public static class HistoryChecker
{
    /// <summary>Checks a history, in the end of which the queue was emptied.</summary>
    /// <param name="history">What happened.</param>
    /// <param name="mostOvertaking">
    /// How many messages may overtake one that was pushed before them. 0: none, as for one consumer, or in strict order; competing consumers of another
    /// queue may stray by about two pages.
    /// </param>
    public static HistoryReport Check(History history, int mostOvertaking = 0)
    {
        var messages = history.Messages.ToList();
        var untold = history.Operations.Where(static o => o.Untold > 0).ToList();
        var clears = history.Operations.Where(static o => o.Verb == HistoryVerb.Clear).ToList();
        var open = messages.Where(m => m.IsPushed && !m.Ends.Any() && !MayBeCompleted(m) && !MayBeCleared(m, clears)).ToList();
        var isExplained = open.Count <= untold.Where(static o => o.Verb == HistoryVerb.Pop).Sum(static o => o.Untold);
        // What was taken by somebody who cannot tell and came back later was overtaken meanwhile, as a lease is.
        var overtaken = Overtaking.Of(messages.Where(m => m.Push is not null && !MayBeCleared(m, clears)));
        var strays = overtaken.Where(o => o.Count > mostOvertaking).Select(static o => o.Message).ToList();
        return new HistoryReport
        {
            Lost = isExplained ? [] : open,
            Unaccounted = [.. isExplained ? open : [], .. messages.Where(static m => m.IsPushed && !m.Ends.Any() && MayBeCompleted(m))],
            Duplicated = [.. messages.Where(static m => m.Ends.Count() > 1)],
            Resurrected = [.. messages.Where(m => IsResurrected(m, clears))],
            Invented = [.. messages.Where(IsInvented)],
            Reordered = strays.Count <= untold.Sum(static o => o.Untold) ? [] : strays,
            FalselyEmpty = [.. history.Operations.Where(o => o.EmptyAt is not null && IsFalselyEmpty(o, messages, untold, clears))],
            MostOvertaken = overtaken.Count == 0 ? 0 : overtaken.Max(static o => o.Count),
            Pushed = messages.Count(static m => m.IsPushed),
            Taken = messages.Count(static m => m.Ends.Any()),
            Redelivered = messages.Sum(static m => Math.Max(0, m.Takes.Count - 1)),
            Unknown = history.Operations.Count(static o => o.EndedAt is null),
        };
    }

    private static bool MayBeCompleted(MessageHistory message) => message.Completions.Any(c => c.OutcomeOf(message.Name) == HistoryOutcome.Unknown);

    private static bool MayBeCleared(MessageHistory message, List<HistoryOperation> clears) => clears.Exists(c => message.PushedFrom < (c.EndedAt ?? long.MaxValue));

    private static bool IsResurrected(MessageHistory message, List<HistoryOperation> clears) => message.Takes.Any(take =>
        (take.Verb == HistoryVerb.Lease && message.Ends.Any(end => end.Done[message.Name] < take.CalledAt))
        || (take.Verb == HistoryVerb.Pop && message.Completions.Any(c => c.Done.TryGetValue(message.Name, out var at) && at < take.CalledAt))
        || clears.Exists(c => message.PushedBy < c.CalledAt && c.EndedAt < take.CalledAt));

    private static bool IsInvented(MessageHistory message)
    {
        if (message.Takes.Count == 0 && !message.Ends.Any())
            return false;
        return message.Push is not { } push || push.OutcomeOf(message.Name) == HistoryOutcome.Refused || message.TakenBy < push.CalledAt;
    }

    private static bool IsFalselyEmpty(HistoryOperation operation, List<MessageHistory> messages, List<HistoryOperation> untold, List<HistoryOperation> clears)
    {
        var excused = untold.Where(o => o.CalledAt < operation.EmptyAt && o != operation).Sum(static o => o.Untold);
        return messages.Count(m => m.PushedBy < operation.CalledAt && m.TakenFrom > operation.EmptyAt && !MayBeCleared(m, clears)) > excused;
    }
}
