using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>
/// Finds where the log goes on behind a page. The next page is the next number, as a rule. But where several in a row are empty, a tail that somebody wrote
/// by hand may lie farther away than anybody could walk: then the names of the pages say where there is something. For one walk.
/// </summary>
/// <param name="context">The queue.</param>
internal sealed class LogGap(QueueContext context)
{
    /// <summary>So many empty pages in a row are read before the names are.</summary>
    private const int Patience = 8;

    private int _empty;

    /// <summary>The next page behind one that was just read: what lies between is empty, and stays so, for no push reaches a page below the tail.</summary>
    /// <param name="page">The page.</param>
    /// <param name="tail">The tail in the same snapshot, above the page.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<long> NextAsync(LogPage page, long tail, CancellationToken cancellation)
    {
        _empty = page.Entries.Count == 0 && !page.HasStrangers ? _empty + 1 : 0;
        if (_empty < Patience || tail == page.Number + 1)
            return page.Number + 1;
        var pages = await context.Consul.KeysAsync(context.Keys.Log, "/", ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var next = tail;
        foreach (var key in pages.Keys)
        {
            if (context.Keys.PageOf(key) is var number && number > page.Number && number < next)
                next = number;
        }

        return next;
    }
}
