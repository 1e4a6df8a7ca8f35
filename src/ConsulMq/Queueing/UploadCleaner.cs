using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Removes what producers left behind that died between a big body's first chunk and its entry. Lists the marks alone, which are few.</summary>
internal sealed class UploadCleaner(QueueContext context)
{
    /// <summary>An upload that takes longer is taken for dead. If it is not, its producer notices, and uploads again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>The most to remove at once: somebody is waiting for something else meanwhile.</summary>
    private const int Most = 16;

    /// <summary>Removes what is old.</summary>
    /// <returns>How many bodies were removed.</returns>
    public async Task<int> CleanAsync(CancellationToken cancellation)
    {
        var marks = await context.Consul.ListAsync(context.Keys.Uploads, default, cancellation).ConfigureAwait(false);
        var removed = 0;
        foreach (var mark in marks.Pairs)
        {
            var id = mark.Key.Substring(context.Keys.Uploads.Length);
            if (id.Length == 0 || id.Contains('/') || UploadMark.Since(mark.Value.Span) is not { } since || context.Now - since <= Patience)
                continue;
            cancellation.ThrowIfCancellationRequested();
            if (await BodyUploader.RemoveAsync(context, id, mark.ModifyIndex).ConfigureAwait(false) && ++removed == Most)
                break;
        }

        return removed;
    }
}
