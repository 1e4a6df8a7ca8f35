using System.Net.Http.Headers;

namespace ConsulMq.TestSupport;

/// <summary>Tells when a Consul has a leader and takes writes.</summary>
internal static class Readiness
{
    private const string ProbeKey = "consulmq-readiness-probe";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly HttpClient Http = new() { Timeout = Patience };

    /// <summary>Returns when a write succeeded; it is for the caller to limit the time.</summary>
    public static async Task WaitAsync(string address, string? token, CancellationToken cancellationToken, ConsulCertificates? certificates = null)
    {
        using var own = certificates?.CreateClient();
        while (!await WritesAsync(own ?? Http, address, token, cancellationToken))
            await Task.Delay(Interval, cancellationToken);
    }

    private static async Task<bool> WritesAsync(HttpClient http, string address, string? token, CancellationToken cancellationToken)
    {
        try
        {
            return await SucceedsAsync(http, HttpMethod.Put, address, token, cancellationToken)
                && await SucceedsAsync(http, HttpMethod.Delete, address, token, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // one attempt took too long
        }
    }

    private static async Task<bool> SucceedsAsync(HttpClient http, HttpMethod method, string address, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"{address}/v1/kv/{ProbeKey}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode;
    }
}
