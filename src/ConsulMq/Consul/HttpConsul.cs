using System.Text.Json;
using ConsulMq.Consul.Http;

namespace ConsulMq.Consul;

/// <summary>Consul over its HTTP API. Every request is sent once; <see cref="RetryingConsul"/> repeats what may be repeated.</summary>
public sealed partial class HttpConsul : IConsul
{
    private readonly HttpTransport _transport;
    private readonly RequestUris _uris;
    private readonly Uri[] _transactions;
    private readonly Tenancy _tenancy;

    /// <summary>Prepares a connection; nothing is sent.</summary>
    /// <param name="options">Where, and how.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a file it names cannot be read.</exception>
    public HttpConsul(ConsulOptions options)
        : this(options, null)
    {
    }

    /// <summary>The same on another handler, for tests.</summary>
    internal HttpConsul(ConsulOptions options, HttpMessageHandler? handler)
    {
        if (options is null)
            throw new ArgumentNullException(nameof(options));
        if (options.RequestTimeout <= TimeSpan.Zero || options.RequestTimeout > TimeSpan.FromDays(1))
            throw new ArgumentException("The request timeout must be above zero and at most a day.", nameof(options));
        if (options.MaxResponseBytes is < 1 or > 1024 * 1024 * 1024)
            throw new ArgumentException("The largest answer must be 1 byte to 1 GiB.", nameof(options));
        // It is a header; what cannot stand there would be sent as nothing, or as something else. The message must not show it.
        if (options.Token is { } token && token.Any(c => c is <= ' ' or >= (char)0x7f))
            throw new ArgumentException("The token contains characters that no Consul token has (spaces, line ends, non-ASCII).", nameof(options));
        var endpoint = ConsulEndpoint.Parse(options.Address, options.UseTls);
        Datacenter = options.Datacenter;
        _transport = new HttpTransport(endpoint, options, handler ?? Handlers.Create(endpoint, options));
        _uris = new RequestUris(endpoint, options);
        _tenancy = new Tenancy(options);
        _transactions =
        [
            _uris.Make("v1/txn"),
            _uris.Make("v1/txn", "", new ReadOptions(ReadConsistency.Consistent)),
            _uris.Make("v1/txn", "", new ReadOptions(ReadConsistency.Stale)),
        ];
    }

    /// <inheritdoc />
    public string Address => _transport.Address;

    /// <summary>The datacenter that is asked for; null: that of the agent.</summary>
    internal string? Datacenter { get; }

    /// <inheritdoc />
    public async Task<KvGet> GetAsync(string key, ReadOptions options, CancellationToken cancellation)
    {
        using var reply = await _transport.ReadAsync(KeyUri(key, "", options), options, ReplyKind.Single, cancellation).ConfigureAwait(false);
        if (reply.Status == 404 && reply.Index > 0)
            return new KvGet(null, reply.Index);
        var pairs = Parse(in reply, false, ConsulPermission.KeyRead(key), static json => KvJson.Pairs(json));
        return pairs.Count == 1 ? new KvGet(pairs[0], reply.Index) : throw _transport.Garbage(new JsonException("One pair was asked for."), false);
    }

    /// <inheritdoc />
    public async Task<RawValue?> GetRawAsync(string key, ReadConsistency consistency, CancellationToken cancellation)
    {
        var options = new ReadOptions(consistency);
        var reply = await _transport.ReadAsync(KeyUri(key, "raw", options), options, ReplyKind.Raw, cancellation).ConfigureAwait(false);
        try
        {
            if (reply.Status == 404 && reply.Index > 0)
                return null;
            if (reply.Status != 200)
                throw ReplyFaults.Of(in reply, Address, false, ConsulPermission.KeyRead(key));
            // Nothing in a raw answer tells Consul's from another's, but this.
            return reply.Index > 0 ? reply.TakeBody() : throw _transport.Garbage(new JsonException("The answer has no index."), false);
        }
        finally
        {
            reply.Dispose();
        }
    }

    /// <inheritdoc />
    public async Task<KvListing> ListAsync(string prefix, ReadOptions options, CancellationToken cancellation)
    {
        using var reply = await _transport.ReadAsync(KeyUri(prefix, "recurse", options, true), options, ReplyKind.Listing, cancellation).ConfigureAwait(false);
        return reply.Status == 404 && reply.Index > 0
            ? new KvListing([], reply.Index)
            : new KvListing(Parse(in reply, false, ConsulPermission.KeyRead(prefix), static json => KvJson.Pairs(json)), reply.Index);
    }

    /// <inheritdoc />
    public async Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation)
    {
        var query = string.IsNullOrEmpty(separator) ? "keys" : "keys&separator=" + Uri.EscapeDataString(separator);
        using var reply = await _transport.ReadAsync(KeyUri(prefix, query, options, true), options, ReplyKind.Listing, cancellation).ConfigureAwait(false);
        return reply.Status == 404 && reply.Index > 0
            ? new KvKeys([], reply.Index)
            : new KvKeys(Parse(in reply, false, ConsulPermission.KeyRead(prefix), static json => KvJson.Keys(json)), reply.Index);
    }

    /// <inheritdoc />
    public async Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        // Too large a body is often answered with a broken connection, which would look like an unknown outcome.
        if (value.Length > ConsulLimits.ValueBytes)
            throw new ConsulException(ConsulFault.TooLarge, Address, false, $"The value has {value.Length} bytes; Consul takes {ConsulLimits.ValueBytes}.");
        using var reply = await _transport.SendAsync(HttpMethod.Put, KeyUri(key), BodyContent.Of(value), true, cancellation).ConfigureAwait(false);
        ExpectTrue(in reply, ConsulPermission.KeyWrite(key));
    }

    /// <inheritdoc />
    public async Task DeleteAsync(string key, CancellationToken cancellation)
    {
        using var reply = await _transport.SendAsync(HttpMethod.Delete, KeyUri(key), BodyContent.Of(default), true, cancellation).ConfigureAwait(false);
        ExpectTrue(in reply, ConsulPermission.KeyWrite(key));
    }

    /// <inheritdoc />
    public async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
    {
        if (operations is null)
            throw new ArgumentNullException(nameof(operations));
        if (_tenancy.IsSet)
            await ProveTenancyAsync(cancellation).ConfigureAwait(false);
        var write = operations.AnyWrite();
        var body = TransactionBody.Write(operations, _tenancy.Members, Address);
        var uri = _transactions[write ? 0 : (int)consistency];
        using var reply = await _transport.SendAsync(HttpMethod.Put, uri, body, write, cancellation).ConfigureAwait(false);
        if (reply.Status is not (200 or 409))
            throw ReplyFaults.Of(in reply, Address, write);
        try
        {
            if (reply.Status == 200)
                return TransactionReply.Committed(reply.Body, operations);
            var refused = TransactionReply.Refused(reply.Body, operations.Count);
            return ReplyFaults.Denied(refused, operations, Address) is { } denied ? throw denied : refused;
        }
        catch (JsonException e)
        {
            throw _transport.Garbage(e, write);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _transport.Dispose();

    private delegate T Parser<T>(ReadOnlySpan<byte> json);

    private T Parse<T>(in Reply reply, bool write, ConsulPermission needs, Parser<T> parser)
    {
        if (reply.Status != 200)
            throw ReplyFaults.Of(in reply, Address, write, needs);
        try
        {
            return parser(reply.Body);
        }
        catch (JsonException e)
        {
            throw _transport.Garbage(e, write);
        }
    }

    private void ExpectTrue(in Reply reply, ConsulPermission needs)
    {
        if (reply.Status != 200)
            throw ReplyFaults.Of(in reply, Address, true, needs);
        if (!reply.Body.StartsWith("true"u8))
            throw _transport.Garbage(new JsonException("Expected true."), true);
    }

    private Uri KeyUri(string key, string query = "", ReadOptions options = default, bool prefix = false)
    {
        if (key is null)
            throw new ArgumentNullException(nameof(key));
        var path = KeyPath.Encode(key);
        // .NET takes no URI over 65,519 characters.
        if (path is null or { Length: > 60_000 } || (path.Length == 0 && !prefix))
        {
            throw new ConsulException(ConsulFault.Rejected, Address, false,
                $"The key '{(key.Length > 300 ? key.Substring(0, 300) + "..." : key)}' cannot be used: it must not be empty, very long, start with a slash, or contain control characters or a segment that is empty, '.' or '..'.");
        }
        return _uris.Make("v1/kv/" + path, query, options);
    }
}
