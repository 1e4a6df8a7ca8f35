namespace ConsulMq.Consul.Http;

/// <summary>An address, taken apart.</summary>
internal sealed class ConsulEndpoint
{
    private static readonly string[] Schemes = ["http", "https", "unix"];

    private const string Forms = "it must be host:port, http://host:port, https://host:port or unix:///path";

    private ConsulEndpoint(string display, Uri root, string? unixPath)
    {
        Display = display;
        Root = root;
        UnixPath = unixPath;
    }

    /// <summary>For people: <c>http://127.0.0.1:8500</c>.</summary>
    public string Display { get; }

    /// <summary>What requests are made to, ending in a slash.</summary>
    public Uri Root { get; }

    /// <summary>The socket's path, for <c>unix://</c>.</summary>
    public string? UnixPath { get; }

    /// <summary>Whether TLS is spoken.</summary>
    public bool Tls => Root.Scheme == Uri.UriSchemeHttps;

    /// <summary>Takes an address apart, as Consul's Go client does: an <c>http://</c> never takes back TLS that was asked for otherwise.</summary>
    /// <exception cref="ArgumentException">The address makes no sense.</exception>
    public static ConsulEndpoint Parse(string? address, bool useTls)
    {
        var text = address?.Trim() ?? "";
        if (text.Length == 0)
            text = ConsulOptions.DefaultAddress;
        var mark = text.IndexOf("://", StringComparison.Ordinal);
        foreach (var known in Schemes)
        {
            // http:/host and http//host would be the host 'http'.
            if (mark < 0 && (text.StartsWith(known + ":/", StringComparison.OrdinalIgnoreCase) || text.StartsWith(known + "//", StringComparison.OrdinalIgnoreCase)))
                throw Bad($"{known} is followed by ://{(known == "unix" ? " and a path that starts with a slash" : "")}; {Forms}");
        }

        var scheme = mark < 0 ? "http" : text.Substring(0, mark).ToLowerInvariant();
        var rest = mark < 0 ? text : text.Substring(mark + 3);
        switch (scheme)
        {
            case "unix" when rest.Length > 1 && rest[0] == '/':
                return new ConsulEndpoint("unix://" + rest, new Uri(useTls ? "https://localhost/" : "http://localhost/"), rest);
            case "unix":
                throw Bad("the path of a unix socket must start with a slash, as in unix:///run/consul.sock");
            case "http" or "https":
                break;
            default:
                throw Bad($"the scheme '{scheme}' is unknown; http, https and unix are");
        }
        if (rest.Contains('@'))
            throw new ArgumentException("The Consul address must not contain a user or password; use a token.");
        // Go takes a lone port for one of this machine.
        if (rest.StartsWith(":", StringComparison.Ordinal))
            rest = "127.0.0.1" + rest;
        if (rest.IndexOfAny(['?', '#', '\\', ' ']) >= 0)
            throw Bad(Forms);
        var end = rest.IndexOf('/');
        if ((end < 0 ? rest : rest.Substring(0, end)).EndsWith(":", StringComparison.Ordinal))
            throw Bad($"there is no port behind the colon; {Forms}");
        var whole = (useTls ? "https" : scheme) + "://" + rest.TrimEnd('/');
        if (!Uri.TryCreate(whole + "/", UriKind.Absolute, out var root) || root.Host.Length == 0)
            throw Bad(Forms);
        if (root.Port == 0)
            throw Bad($"no port has the number 0; {Forms}");
        return new ConsulEndpoint(whole, root, null);

        ArgumentException Bad(string why) => new($"The Consul address '{WithoutSecrets(text)}' is not valid: {why}.");
    }

    /// <summary>An address for people, whether it is one or not: without what somebody may have put into it to get in.</summary>
    public static string WithoutSecrets(string address)
    {
        if (address.Contains('@'))
            return "(hidden)";
        var query = address.IndexOf('?');
        return query < 0 ? address : address.Substring(0, query) + "?(hidden)";
    }
}
