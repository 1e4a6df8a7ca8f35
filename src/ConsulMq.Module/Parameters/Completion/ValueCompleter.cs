using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConsulMq.Consul;

namespace ConsulMq.Parameters;

/// <summary>Completes values that are usual for a parameter, to show how they are written. Others are as good.</summary>
public sealed class ValueCompleter : IArgumentCompleter
{
    private static readonly string[] Spans = ["30s", "1m", "5m", "15m", "1h", "12h", "1d", "7d"];
    private static readonly string[] ShortSpans = ["5s", "15s", "30s", "1m", "5m"];

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Suggestions.For(wordToComplete, () => parameterName switch
        {
            "Address" => Addresses(),
            "ContentType" => ContentTypes(withPatterns: commandName == "Find-ConsulMqItem"),
            "MaxBodySize" => Of("1MB", "16MB", "64MB", "256MB", "1GB"),
            "NotBefore" => Moments(DateTime.Now),
            "LeaseDuration" => Of("30s", "1m", "5m", "10m", "30m", "1h"),
            "DeduplicationWindow" => Of("1m", "5m", "1h", "1d", "7d"),
            "SessionTtl" => Of("10s", "15s", "30s", "1m", "5m"),
            "RetryDelay" or "GracePeriod" or "Timeout" => Of(ShortSpans),
            _ => Of(Spans),
        });

    private static IEnumerable<Suggestion> Of(params string[] values) => values.Select(static value => new Suggestion(value));

    private static IEnumerable<Suggestion> Addresses()
    {
        var variable = Environment.GetEnvironmentVariable("CONSUL_HTTP_ADDR");
        if (!string.IsNullOrEmpty(variable))
            yield return new Suggestion(Consul.Http.ConsulEndpoint.WithoutSecrets(variable), "CONSUL_HTTP_ADDR");
        foreach (var agent in Session.RunspaceState.Current.DevAgents)
            yield return new Suggestion(agent.Address, $"The development agent, process {agent.ProcessId}");
        yield return new Suggestion(ConsulOptions.DefaultAddress, "The agent of this machine, Consul's default");
        yield return new Suggestion("http://", "http://HOST:PORT");
        yield return new Suggestion("https://", "https://HOST:PORT, with TLS");
        yield return new Suggestion("unix:///", "unix:///PATH, a socket of this machine");
    }

    private static IEnumerable<Suggestion> ContentTypes(bool withPatterns)
    {
        string[] types = ["text/plain", "text/csv", "text/markdown", "application/json", "application/xml", "application/octet-stream", "application/gzip", "application/zip", "application/pdf", "image/png"];
        return Of(withPatterns ? ["text/*", "image/*", .. types] : types);
    }

    private static IEnumerable<Suggestion> Moments(DateTime now)
    {
        var hour = now.Date.AddHours(now.Hour + 1);
        yield return new Suggestion(Written(hour), "The next full hour");
        yield return new Suggestion(Written(now.Date.AddDays(1)), "Tonight at midnight");
        yield return new Suggestion(Written(now.Date.AddDays(1).AddHours(8)), "Tomorrow morning");
    }

    private static string Written(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
