using System.Net;

namespace ConsulMq.Bench;

/// <summary>Consul's plain KV over HttpClient, as somebody would use it without a queue: what everything is held against.</summary>
internal sealed class RawConsul(string address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address) };

    public async Task PutAsync(string key, byte[] value)
    {
        using var content = new ByteArrayContent(value);
        using var reply = await _http.PutAsync(new Uri($"/v1/kv/{key}", UriKind.Relative), content);
        await Expect(reply);
    }

    public async Task DeleteAsync(string key)
    {
        using var reply = await _http.DeleteAsync(new Uri($"/v1/kv/{key}", UriKind.Relative));
        await Expect(reply);
    }

    public void Dispose() => _http.Dispose();

    private static async Task Expect(HttpResponseMessage reply)
    {
        var text = await reply.Content.ReadAsStringAsync();
        if (reply.StatusCode != HttpStatusCode.OK || text.Trim() != "true")
            throw new InvalidOperationException($"Consul answered {(int)reply.StatusCode}: {text}");
    }
}
