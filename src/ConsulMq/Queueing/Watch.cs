using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>A blocking query on a prefix, again and again.</summary>
internal sealed class Watch
{
    /// <summary>The longest single blocking query; Consul's own limit is ten minutes.</summary>
    public static readonly TimeSpan LongestBlock = TimeSpan.FromMinutes(5);

    private readonly IConsul _consul;
    private readonly string? _separator;
    private ulong _index;
    private bool _isEmpty;
    private Task? _under;

    private Watch(IConsul consul, string prefix, string? separator, KvKeys listing)
    {
        _consul = consul;
        _separator = separator;
        Prefix = prefix;
        _index = Math.Max(listing.Index, 1);
        _isEmpty = listing.Keys.Count == 0;
    }

    public string Prefix { get; }

    /// <summary>The index that it blocks on.</summary>
    public ulong Index => _index;

    public static Task<Watch> StartAsync(QueueContext context, string prefix, CancellationToken cancellation) => StartAsync(context.Consul, prefix, null, cancellation);

    /// <summary>The same, the answers cut behind a separator.</summary>
    public static async Task<Watch> StartAsync(IConsul consul, string prefix, string? separator, CancellationToken cancellation)
    {
        var listing = await consul.KeysAsync(prefix, separator, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        return new Watch(consul, prefix, separator, listing);
    }

    /// <summary>
    /// Notes that whoever watches is going to look: what has changed until now will be seen. Without it a change that comes between the look and the next
    /// wait would be slept through.
    /// </summary>
    public void Rearm()
    {
        if (_under?.IsCompleted == true)
            _under = null;
    }

    /// <summary>Completes when the prefix may have changed since <see cref="Rearm"/>. One that was not awaited to its end goes on.</summary>
    public Task NextAsync(TimeSpan wait, CancellationToken cancellation) => _under ??= BlockAsync(wait, cancellation);

    private async Task BlockAsync(TimeSpan wait, CancellationToken cancellation)
    {
        while (true)
        {
            var listing = await _consul.KeysAsync(Prefix, _separator, new ReadOptions(ReadConsistency.Default, _index, wait), cancellation).ConfigureAwait(false);
            // The index of an empty prefix is that of the whole store, and rises with every write elsewhere: asked again at once, the query soon blocks.
            var isStillEmpty = _isEmpty && listing.Keys.Count == 0 && listing.Index > _index;
            _isEmpty = listing.Keys.Count == 0;
            // Consul asks for this: an index that goes back means that its past is gone.
            _index = listing.Index < _index ? 1 : listing.Index;
            if (!isStillEmpty)
                return;
        }
    }
}
