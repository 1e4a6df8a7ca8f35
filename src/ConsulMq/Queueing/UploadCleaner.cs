using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Removes what producers left behind that died between a big body's first chunk and its entry. Lists the marks alone, which are few.</summary>
internal sealed class UploadCleaner(QueueContext context)
{
    /// <summary>An upload that takes longer is taken for dead. If it is not, its producer notices, and uploads again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>Removes what is old.</summary>
    public async Task CleanAsync()
    {
        var marks = await context.Consul.ListAsync(context.Keys.Uploads, default, CancellationToken.None).ConfigureAwait(false);
        foreach (var mark in marks.Pairs)
        {
            var id = mark.Key.Substring(context.Keys.Uploads.Length);
            if (id.Length > 0 && !id.Contains('/') && UploadMark.Since(mark.Value.Span) is { } since && context.Now - since > Patience)
                await BodyUploader.RemoveAsync(context, id, mark.ModifyIndex).ConfigureAwait(false);
        }
    }
}
