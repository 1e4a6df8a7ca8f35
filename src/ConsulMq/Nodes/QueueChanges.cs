using ConsulMq.Consul;

namespace ConsulMq.Nodes;

/// <summary>
/// Watches a queue as a whole: one blocking query on the names right under it, whose index rises with every key below. The answer is a dozen names, however
/// long the queue is.
/// </summary>
internal sealed class QueueChanges(IConsul consul, Clock clock, string root)
{
    /// <summary>The longest single query: where Consul lost its data and nobody noticed, an index from before would block for all of it.</summary>
    private static readonly TimeSpan LongestBlock = TimeSpan.FromMinutes(1);

    /// <summary>After so many queries without a change whoever watches looks again: messages expire without any.</summary>
    private const int IdleQueries = 5;

    /// <summary>Where there is no queue yet, the query also returns for what happens elsewhere in Consul: no more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private CancellationTokenSource? _query;
    private volatile bool _isForgotten = true;
    private ulong _index;
    private bool _isEmpty;
    private Task? _under;

    /// <summary>Notes that whoever watches is going to look: what has changed until now will be seen.</summary>
    public async Task RearmAsync(CancellationToken cancellation)
    {
        if (_under is { IsCompleted: false })
            return;
        _under = null;
        if (!_isForgotten)
            return;
        _isForgotten = false;
        try
        {
            var listing = await consul.KeysAsync(root, "/", ReadOptions.Consistent, cancellation).ConfigureAwait(false);
            (_index, _isEmpty) = (Math.Max(listing.Index, 1), listing.Keys.Count == 0);
        }
        catch
        {
            _isForgotten = true;
            throw;
        }
    }

    /// <summary>Completes when the queue may have changed since <see cref="RearmAsync"/>. One that was not awaited to its end goes on.</summary>
    public Task NextAsync(CancellationToken cancellation) => _under ??= BlockAsync(cancellation);

    /// <summary>Consul may have lost its data, and index with it: what is known of it does not count any more.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _isForgotten = true;
            _query?.Cancel();
        }
    }

    private async Task BlockAsync(CancellationToken cancellation)
    {
        using var query = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_gate)
        {
            if (_isForgotten)
                return;
            _query = query;
        }

        try
        {
            await BlockUntilChangeAsync(query.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isForgotten && !cancellation.IsCancellationRequested)
        {
            // Then whoever watches looks.
        }
        finally
        {
            lock (_gate)
                _query = null;
        }
    }

    private async Task BlockUntilChangeAsync(CancellationToken cancellation)
    {
        var idle = 0;
        while (true)
        {
            var listing = await consul.KeysAsync(root, "/", new ReadOptions(ReadConsistency.Default, _index, LongestBlock), cancellation).ConfigureAwait(false);
            var hasChanged = listing.Index != _index;
            var isStillEmpty = _isEmpty && listing.Keys.Count == 0;
            _isEmpty = listing.Keys.Count == 0;
            // Consul asks for this: an index that goes back means that its past is gone.
            _index = listing.Index < _index ? 1 : listing.Index;
            if (isStillEmpty)
                await clock.Delay(Pause, cancellation).ConfigureAwait(false);
            else if (hasChanged || ++idle == IdleQueries)
                return;
        }
    }
}
