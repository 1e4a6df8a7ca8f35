using System.Text;

namespace ConsulMq.Consul.Http;

/// <summary>Makes the URIs of requests: root, path, datacenter, namespace, partition, and how to read.</summary>
internal sealed class RequestUris
{
    private readonly string _root;
    private readonly string _scope;

    public RequestUris(ConsulEndpoint endpoint, ConsulOptions options)
    {
        _root = endpoint.Root.AbsoluteUri;
        var scope = new StringBuilder();
        Add(scope, "dc", options.Datacenter);
        Add(scope, "ns", options.Namespace);
        Add(scope, "partition", options.Partition);
        _scope = scope.ToString();
    }

    /// <summary>The URI of a request.</summary>
    /// <param name="path">From <c>v1/</c> on, encoded.</param>
    /// <param name="query">Parameters without <c>?</c>, encoded; may be empty.</param>
    /// <param name="options">How to read.</param>
    public Uri Make(string path, string query = "", ReadOptions options = default)
    {
        // A hand-made query is enough: each part starts with '&', the first of which becomes '?'.
        var rest = new StringBuilder(_scope);
        if (query.Length > 0)
            rest.Append('&').Append(query);
        if (options.Consistency != ReadConsistency.Default)
            rest.Append(options.Consistency == ReadConsistency.Consistent ? "&consistent" : "&stale");
        if (options.WaitIndex > 0)
        {
            rest.Append("&index=").Append(options.WaitIndex);
            if (options.WaitTime > TimeSpan.Zero)
                rest.Append("&wait=").Append(Math.Max(1, (long)options.WaitTime.TotalMilliseconds)).Append("ms");
        }
        if (rest.Length > 0)
            rest[0] = '?';
        var text = _root + path + rest;
#if NET
        // What is encoded here must arrive as it is.
        return new Uri(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
#else
        return new Uri(text);
#endif
    }

    private static void Add(StringBuilder scope, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            scope.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
