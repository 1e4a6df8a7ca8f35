using System.Globalization;
using ConsulMq.Diagnostics;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>What the operations on a queue tell of themselves, in sentences. Called only where somebody wants to know.</summary>
internal static class Steps
{
    public static string Pushed(QueueContext context, PushBatch batch, Landing landing, int operations, Commit commit)
    {
        var ready = batch.Ready;
        var where = batch.Entries.Count > 0 && batch.Entries[0].Rank is not null ? "to a place before the end" : $"to page {landing.Page}";
        var later = batch.Entries.Sum(static entry => entry.Count) - ready;
        var what = ready == 0 ? $"Scheduled {Messages(later)} of"
            : $"Pushed {Messages(ready)}{(later > 0 ? $", and scheduled {later.ToString(CultureInfo.InvariantCulture)} for later," : "")} {where} of";
        var roll = ready > 0 && landing.Next is { } next && next.Page != landing.Tail?.Page && landing.Tail is not null ? ", a new one," : "";
        return $"{what} '{context.Keys.Queue}'{(landing.Tail is null ? ", which it creates," : roll)} in {Transaction(operations, commit)}";
    }

    public static string Claimed(QueueContext context, Claim claim, HeadView? view, int operations, Commit commit)
    {
        var entries = claim.Entries.ToList();
        var where = $"{OperationLog.Count(entries.Count, "entry", "entries")} of {Place(context, entries)}";
        if (commit.Succeeded)
            return $"{(claim.Taken.Count == 0 ? "Took away expired messages" : $"{Verb(claim.Handover)} {Messages(claim.Taken.Count)}")} from {where} in {Transaction(operations, commit)}";
        return claim.LostHead(commit)
            ? $"The head of '{context.Keys.Queue}' was touched meanwhile, {Took}: reading it again."
            : $"Lost a claim on {where}{(view is null ? " of this consumer's share" : "")} to another consumer, {Took}.";
    }

    public static string Read(QueueContext context, LogPage page, IndexState index)
    {
        var partly = page.Entries.Count(static entry => entry.CursorIndex > 0);
        var sealedOrOpen = page.Number < index.Tail.Page ? "sealed" : "the tail";
        return $"Read page {page.Number} of '{context.Keys.Queue}' ({sealedOrOpen}): {OperationLog.Count(page.Entries.Count, "entry", "entries")}, {partly} partly consumed, {Took}.";
    }

    public static string Moved(QueueContext source, QueueContext destination, int count, int operations, Commit commit) =>
        $"Moved {Messages(count)} from '{source.Keys.Queue}' to '{destination.Keys.Queue}' in {Transaction(operations, commit)}";

    public static string Waiting(QueueContext context, IndexState? state, ulong index, long? next)
    {
        var what = state is null ? $"queue '{context.Keys.Queue}' to come into being" : $"a change of page {state.Tail.Page} of '{context.Keys.Queue}'";
        var due = next is { } at ? $", or until {DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} UTC, when more is due" : "";
        return $"Waiting for {what} (index {index}){due}.";
    }

    private static string Took => OperationLog.Current?.Took ?? "";

    private static string Verb(Handover? handover) => handover switch
    {
        null => "Took",
        LeaseHandover => "Leased",
        _ => "Moved",
    };

    private static string Messages(long count) => OperationLog.Count(count, "message", "messages");

    private static string Place(QueueContext context, List<StoredEntry> entries)
    {
        var first = entries.Count == 0 ? null : entries[0].Key;
        return first?.Place == EntryPlace.Log
            ? $"page {context.Keys.PageOf(first.Key)} of '{context.Keys.Queue}'"
            : $"the front of '{context.Keys.Queue}'";
    }

    /// <summary>The receipt is one operation more.</summary>
    private static string Transaction(int operations, Commit commit) => $"one transaction of {operations + 1} operations (Raft index {commit.Index}), {Took}.";
}
