using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>An item's line in its file.</summary>
/// <param name="Number">Its number, from 1 on.</param>
/// <param name="Sum">The <see cref="ImportSum"/> of the file up to it.</param>
internal sealed record ImportLine(long Number, byte[] Sum);

/// <summary>
/// How far a file is in the queue. Each transaction of an import compares and sets it, so it says exactly what was pushed: whatever became of that import
/// (killed, a reply lost), whatever of the messages, and however many import the same file at once.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="key">The file's own key.</param>
/// <param name="file">What the file is called; for people.</param>
internal sealed class ImportProgress(QueueContext context, string key, string file) : IPushCompanion
{
    private ImportMark _sent = ImportMark.None;
    private int _operation;
    private ulong _index;
    private ConsulMqException? _other;

    /// <summary>What was pushed, as far as is known.</summary>
    public ImportMark Mark { get; private set; } = ImportMark.None;

    /// <summary>Reads it.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var pair = (await context.Consul.GetAsync(key, ReadOptions.Consistent, cancellation).ConfigureAwait(false)).Pair;
        // Nobody has written it, or somebody has cleared the queue.
        (_index, Mark) = pair is null
            ? (0, ImportMark.None)
            : (pair.ModifyIndex, ImportMark.Parse(pair.Value.Span) ?? throw StoredEntry.Corrupt(key, "it does not say how far a file was imported"));
    }

    public bool Prepare(PushRun run)
    {
        foreach (var item in run.Items)
        {
            var line = (ImportLine)item.Tag!;
            if (line.Number == Mark.Lines && ImportSum.ToText(line.Sum) != Mark.Sum)
                _other ??= Other(line.Number);
        }

        return run.Drop(item => _other ?? (((ImportLine)item.Tag!).Number <= Mark.Lines ? new PushedElsewhereException() : null));
    }

    public void AddTo(List<KvOperation> operations, PushRun run)
    {
        var covered = run.Covered - 1;
        while (run.Items[covered].Error is not null)
            covered--;
        var last = (ImportLine)run.Items[covered].Tag!;
        _sent = new ImportMark(last.Number, ImportSum.ToText(last.Sum));
        _operation = operations.Count;
        operations.Add(KvOperation.Cas(key, _index, _sent.ToJson(context.Now, file)));
    }

    public async Task LearnAsync(Commit commit)
    {
        if (commit.Succeeded)
            (Mark, _index) = (_sent, commit.Index);
        else if (commit.Failed(_operation))
            await ReadAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private ConsulMqException Other(long line) => new(ConsulMqError.InvalidImportLine,
        $"The lines up to {line} are not those that were imported at the same time from a file that begins with the same line.", file);
}

/// <summary>Another import of the same file has pushed the line. Never seen by a user.</summary>
internal sealed class PushedElsewhereException() : ConsulMqException(ConsulMqError.InvalidImportLine, "The line was imported at the same time.");
