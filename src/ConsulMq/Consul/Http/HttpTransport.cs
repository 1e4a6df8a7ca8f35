using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using ConsulMq.Diagnostics;

namespace ConsulMq.Consul.Http;

/// <summary>Sends one request and reads its answer whole, in time; every failure becomes a <see cref="ConsulException"/>.</summary>
/// <remarks>
/// A note on resending: .NET's own handler repeats a request on a pooled connection that turns out to be closed, if it has not begun to send a body;
/// proxies may repeat any PUT. The first is prevented (see <see cref="BodyContent"/>), the second harmless: the queue's receipts make it so.
/// </remarks>
internal sealed class HttpTransport : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly Deadline.Pool _deadlines = new();
    private readonly TimeSpan _timeout;
    private readonly int _maxResponse;
    private readonly string? _token;
    private readonly string? _host;
    private readonly bool _hasClientCertificate;

    public HttpTransport(ConsulEndpoint endpoint, ConsulOptions options, HttpMessageHandler handler)
    {
        // The invoker, not HttpClient: no second time-out, no default headers to merge.
        _invoker = new HttpMessageInvoker(handler, true);
        Address = endpoint.Display;
        _hasClientCertificate = !string.IsNullOrEmpty(options.ClientCertificate);
        _timeout = options.RequestTimeout;
        _maxResponse = options.MaxResponseBytes;
        _token = string.IsNullOrEmpty(options.Token) ? null : options.Token;
        _host = endpoint.Tls && !string.IsNullOrEmpty(options.TlsServerName) ? options.TlsServerName : null;
    }

    /// <summary>Where, for people.</summary>
    public string Address { get; }

    /// <summary>Sends a read. With <paramref name="options"/> that block, the time to wait is added to the request's.</summary>
    public ValueTask<Reply> ReadAsync(Uri uri, ReadOptions options, ReplyKind kind, CancellationToken cancellation)
    {
        var time = _timeout;
        if (options.WaitIndex > 0)
        {
            var wait = options.WaitTime > TimeSpan.Zero ? options.WaitTime : TimeSpan.FromMinutes(5);
            time += wait + TimeSpan.FromTicks(wait.Ticks / 16);
        }
        return SendAsync(HttpMethod.Get, uri, null, false, kind, time, cancellation);
    }

    /// <summary>Sends a request with a body, which this disposes; <paramref name="write"/> if it may change something.</summary>
    public ValueTask<Reply> SendAsync(HttpMethod method, Uri uri, BodyContent body, bool write, CancellationToken cancellation) =>
        SendAsync(method, uri, body, write, write ? ReplyKind.Single : ReplyKind.Listing, _timeout, cancellation);

    /// <summary>The exception for an answer that cannot be read.</summary>
    public ConsulException Garbage(JsonException error, bool write) => ReplyFaults.Garbage(Address, write, error);

    public void Dispose() => _invoker.Dispose();

    private ValueTask<Reply> SendAsync(HttpMethod method, Uri uri, BodyContent? body, bool write, ReplyKind kind, TimeSpan time, CancellationToken cancellation) =>
        OperationLog.Current is { } log ? TellAsync(log, method, uri, body, write, kind, time, cancellation) : SendOnceAsync(method, uri, body, write, kind, time, cancellation);

    /// <summary>Sends, and tells what was asked and what came of it. The token is a header, and bodies are counted only.</summary>
    private async ValueTask<Reply> TellAsync(
        OperationLog log, HttpMethod method, Uri uri, BodyContent? body, bool write, ReplyKind kind, TimeSpan time, CancellationToken cancellation)
    {
        // Before it is sent: a body is disposed of with its request.
        var sent = body?.Headers.ContentLength ?? 0;
        var watch = Stopwatch.StartNew();
        try
        {
            var reply = await SendOnceAsync(method, uri, body, write, kind, time, cancellation).ConfigureAwait(false);
            log.Request($"{method} {uri.PathAndQuery}: {reply.Status}, {sent} B sent, {reply.Body.Length} B received", watch.Elapsed);
            return reply;
        }
        catch (Exception e)
        {
            log.Request($"{method} {uri.PathAndQuery}: {(e as ConsulException)?.Fault.ToString() ?? "given up"}, {sent} B sent", watch.Elapsed);
            throw;
        }
    }

    private async ValueTask<Reply> SendOnceAsync(HttpMethod method, Uri uri, BodyContent? body, bool write, ReplyKind kind, TimeSpan time, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = body };
        if (_token is not null)
            request.Headers.TryAddWithoutValidation("X-Consul-Token", _token);
        // .NET takes the name for TLS from here; Consul does not look at it.
        if (_host is not null)
            request.Headers.Host = _host;
        cancellation.ThrowIfCancellationRequested();
        using var deadline = _deadlines.Start(time, cancellation);
        try
        {
            using var response = await _invoker.SendAsync(request, deadline.Token).ConfigureAwait(false);
            return await ReplyReader.ReadAsync(response, !write, kind, _maxResponse, deadline.Token).ConfigureAwait(false);
        }
        // .NET Framework breaks the connection of an answer whose time is up.
        catch (Exception e) when (e is OperationCanceledException || (e is HttpRequestException or IOException && deadline.Token.IsCancellationRequested))
        {
            cancellation.ThrowIfCancellationRequested();
            // Neither the caller nor the time: the handler gave up connecting.
            throw deadline.Token.IsCancellationRequested
                ? new ConsulException(ConsulFault.Timeout, Address, Sent(), $"Consul at {Address} gave no answer within {time.TotalSeconds:0.###} s.", e)
                : new ConsulException(ConsulFault.Unreachable, Address, Sent(), $"No Consul can be reached at {Address}: no connection in time.", e);
        }
        catch (ReplyTooLargeException e)
        {
            throw new ConsulException(ConsulFault.BadReply, Address, Sent(), $"{Address} gave too large an answer: {e.Message}", e);
        }
        // A socket that is reset in the moment in which it was connected: .NET lets that through as it is.
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            cancellation.ThrowIfCancellationRequested();
#if NET
            throw ConnectionFaults.Of(e, Address, Sent(), _hasClientCertificate);
#else
            throw ConnectionFaults.Of(CertificateCheck.RefusalOf(request) ?? e, Address, Sent(), _hasClientCertificate);
#endif
        }

        bool Sent() => write && body is not { Started: false };
    }
}
