using System.Net;
using System.Text;

namespace ConsulMq.Tests.Consul;

/// <summary>A request as it would have gone out.</summary>
internal sealed record SentRequest(string Method, string Target, string Body, string? Token, string? Host);

/// <summary>Stands for the network: records what is sent and answers what the test says.</summary>
internal sealed class FakeHandler : HttpMessageHandler
{
    private readonly Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> _answer;

    public FakeHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) => _answer = answer;

    public FakeHandler(int status, string body, ulong index = 0)
        : this((_, _) => Task.FromResult(Answer(status, body, index)))
    {
    }

    public List<SentRequest> Sent { get; } = [];

    public SentRequest Last => Sent[^1];

    public static HttpResponseMessage Answer(int status, string body, ulong index = 0)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (index > 0)
            response.Headers.Add("X-Consul-Index", index.ToString());
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var token = request.Headers.TryGetValues("X-Consul-Token", out var tokens) ? string.Join(",", tokens) : null;
        Sent.Add(new SentRequest(request.Method.Method, request.RequestUri!.PathAndQuery, body, token, request.Headers.Host));
        return await _answer(request, cancellationToken);
    }
}
