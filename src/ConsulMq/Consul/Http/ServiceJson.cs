using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>Reads the answer of <c>/v1/health/service</c>.</summary>
internal static class ServiceJson
{
    /// <summary>The instances of a service.</summary>
    public static IReadOnlyList<ServiceInstance> List(ReadOnlySpan<byte> body)
    {
        // Rare and small, so a document is good enough; what it is is still checked.
        var reader = new Utf8JsonReader(body);
        using var document = JsonDocument.ParseValue(ref reader);
        JsonText.End(ref reader);
        try
        {
            var instances = new List<ServiceInstance>();
            foreach (var element in document.RootElement.EnumerateArray())
                instances.Add(Instance(element));
            return instances;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new JsonException("An instance of a service makes no sense: " + e.Message, e);
        }
    }

    private static ServiceInstance Instance(JsonElement element)
    {
        var node = element.GetProperty("Node");
        var service = element.GetProperty("Service");
        var (worst, output) = ServiceInstance.Worst(Items(element, "Checks").Select(static check => (Status(check.GetProperty("Status").GetString()), Text(check, "Output"))));
        var meta = new Dictionary<string, string>();
        if (service.TryGetProperty("Meta", out var entries) && entries.ValueKind != JsonValueKind.Null)
            foreach (var entry in entries.EnumerateObject())
                meta[entry.Name] = entry.Value.GetString() ?? "";
        return new ServiceInstance(
            service.GetProperty("ID").GetString() ?? "",
            service.GetProperty("Service").GetString() ?? "",
            node.GetProperty("Node").GetString() ?? "",
            Text(node, "Address"),
            Items(service, "Tags").Select(tag => tag.GetString() ?? "").ToArray(),
            meta,
            worst,
            output);
    }

    private static CheckStatus Status(string? text) => text switch
    {
        "passing" => CheckStatus.Passing,
        "warning" => CheckStatus.Warning,
        // "maintenance" too: it takes no work.
        _ => CheckStatus.Critical,
    };

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.EnumerateArray() : Enumerable.Empty<JsonElement>();
}
