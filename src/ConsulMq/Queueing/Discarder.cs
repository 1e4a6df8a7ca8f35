using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Removes messages that nobody is to get: ready ones, and on request also what is in flight or scheduled.</summary>
internal sealed class Discarder(QueueContext context)
{
    private const int BodiesAtOnce = 32;

    /// <summary>Removes ready messages.</summary>
    public async Task<DiscardOutcome> DiscardAsync(MessageSelection selection, CancellationToken cancellation)
    {
        var removed = new List<Guid>();
        var problems = new List<ConsulMqException>();
        var picker = new Picker(context, selection, int.MaxValue);
        while (await picker.RemoveAsync(cancellation).ConfigureAwait(false) is var (ids, found))
        {
            removed.AddRange(ids);
            problems.AddRange(found);
        }

        return new DiscardOutcome(removed, problems);
    }

    /// <summary>Removes messages that somebody looked at, where they were then.</summary>
    public async Task<DiscardOutcome> DiscardAsync(IReadOnlyList<QueueObject> items, CancellationToken cancellation)
    {
        var removed = new List<Guid>();
        var problems = new List<ConsulMqException>();
        var leased = items.Where(static item => item.Lease is not null).ToList();
        if (leased.Count > 0)
        {
            var outcomes = await context.Settler.SettleAsync([.. leased.Select(static item => Settlement.Of(SettlementKind.Complete, item))]).ConfigureAwait(false);
            removed.AddRange(leased.Where((_, i) => outcomes[i].Error is null).Select(static item => item.Id));
            problems.AddRange(outcomes.Select(static outcome => outcome.Error).OfType<ConsulMqException>());
        }

        var ready = items.Where(static item => item.Lease is null && item.State != MessageState.Scheduled).ToList();
        foreach (var entry in items.Where(static item => item.Lease is null && item.State == MessageState.Scheduled).GroupBy(static item => item.SeenIn!.Key, StringComparer.Ordinal))
        {
            var ids = new HashSet<Guid>(entry.Select(static item => item.Id));
            var gone = await DiscardScheduledAsync(entry.First().SeenIn!, ids, cancellation).ConfigureAwait(false);
            removed.AddRange(gone);
            // What is not scheduled any more may have become due since it was looked at.
            ids.ExceptWith(gone);
            ready.AddRange(entry.Where(item => ids.Contains(item.Id)));
        }

        if (ready.Count == 0)
            return new DiscardOutcome(removed, problems);
        var rest = await DiscardAsync(MessageSelection.Of(ready), cancellation).ConfigureAwait(false);
        return new DiscardOutcome([.. removed, .. rest.Removed], [.. problems, .. rest.Problems]);
    }

    /// <summary>Removes messages from a scheduled entry. It has no cursor: what is left goes into a new entry, due at the same moment.</summary>
    /// <returns>The IDs of those that were removed; the others are not there any more.</returns>
    private async Task<IReadOnlyList<Guid>> DiscardScheduledAsync(EntryKey key, HashSet<Guid> ids, CancellationToken cancellation)
    {
        var removed = new List<Guid>();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var found = await EntryReader.ReadAsync(context, [key], new List<ConsulMqException>(), cancellation).ConfigureAwait(false);
            if (found.Count == 0 || found[0].Messages() is not { } messages)
                return removed;
            // Others may write more into an entry than one transaction can clear away.
            var gone = Enumerable.Range(0, messages.Length).Where(i => ids.Contains(messages[i].Id)).Take(BodiesAtOnce).ToList();
            if (gone.Count == 0)
                return removed;
            var operations = new List<KvOperation> { KvOperation.CheckIndex(key.Key, found[0].ModifyIndex), KvOperation.Delete(key.Key) };
            var rest = AddRest(operations, key, EntryCodec.Without(found[0].Value.Span, gone), messages.Length - gone.Count);
            foreach (var i in gone)
            {
                if (messages[i].Blob is { } body)
                    operations.Add(KvOperation.DeleteTree(context.Keys.Body(body.Id)));
            }

            if (!(await context.Committer.CommitAsync(operations).ConfigureAwait(false)).Succeeded)
                continue;
            removed.AddRange(gone.Select(i => messages[i].Id));
            if (rest is null)
                return removed;
            key = rest;
        }
    }

    /// <summary>Adds the entry of what is left, and the signal of it. Null: nothing is.</summary>
    private EntryKey? AddRest(List<KvOperation> operations, EntryKey key, byte[] value, int count)
    {
        if (count == 0)
            return null;
        EntryKey.TryDue(context.Keys, key.Key, out var due);
        var name = EntryKey.ForScheduled(context.Keys, due, key.Ordinal, context.Ids.NewEntryId(), count, value.Length);
        operations.Add(KvOperation.Set(name, value));
        operations.Add(KvOperation.Set(context.Keys.Due, IndexCodec.Due(due, context.Ids.NewEntryId())));
        EntryKey.TryParse(context.Keys, name, out var rest);
        return rest;
    }
}
