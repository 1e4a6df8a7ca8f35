using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>Writes and reads the texts of <c>/v1/agent</c>.</summary>
internal static class AgentJson
{
    /// <summary>The answer of <c>/v1/agent/self</c>; of it only <c>Config</c>.</summary>
    public static AgentSelf Self(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        JsonText.Next(ref reader);
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        string? node = null, datacenter = null, version = null;
        var server = false;
        while (JsonText.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("Config"u8))
            {
                JsonText.SkipValue(ref reader);
                continue;
            }
            JsonText.Next(ref reader);
            JsonText.Expect(ref reader, JsonTokenType.StartObject);
            while (JsonText.NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("NodeName"u8))
                    node = JsonText.Text(ref reader);
                else if (reader.ValueTextEquals("Datacenter"u8))
                    datacenter = JsonText.Text(ref reader);
                else if (reader.ValueTextEquals("Version"u8))
                    version = JsonText.Text(ref reader);
                else if (reader.ValueTextEquals("Server"u8))
                    server = Flag(ref reader);
                else
                    JsonText.SkipValue(ref reader);
            }
        }
        JsonText.End(ref reader);
        return node is null || datacenter is null || version is null
            ? throw new JsonException("The agent does not say who it is.")
            : new AgentSelf(node, datacenter, version, server);
    }

    /// <summary>The body of a registration.</summary>
    public static ReadOnlyMemory<byte> Registration(ServiceRegistration service) => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("ID", service.Id);
        json.WriteString("Name", service.Name);
        json.WriteStartArray("Tags");
        foreach (var tag in service.Tags)
            json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteStartObject("Meta");
        foreach (var entry in service.Meta)
            json.WriteString(entry.Key, entry.Value);
        json.WriteEndObject();
        json.WriteStartArray("Checks");
        foreach (var check in service.Checks)
            Write(json, check);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The body of a check's report.</summary>
    public static ReadOnlyMemory<byte> Update(CheckStatus status, string? output) => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("Status", Text(status));
        if (output is not null)
            json.WriteString("Output", output);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, TtlCheck check)
    {
        json.WriteStartObject();
        json.WriteString("CheckID", check.Id);
        if (check.Name is not null)
            json.WriteString("Name", check.Name);
        if (check.Notes is not null)
            json.WriteString("Notes", check.Notes);
        json.WriteString("TTL", GoDuration.Format(check.Ttl));
        json.WriteString("Status", Text(check.Status));
        if (check.DeregisterCriticalAfter > TimeSpan.Zero)
            json.WriteString("DeregisterCriticalServiceAfter", GoDuration.Format(check.DeregisterCriticalAfter));
        json.WriteEndObject();
    }

    private static string Text(CheckStatus status) => status switch
    {
        CheckStatus.Passing => "passing",
        CheckStatus.Warning => "warning",
        _ => "critical",
    };

    private static bool Flag(ref Utf8JsonReader reader)
    {
        JsonText.Next(ref reader);
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw new JsonException("Expected true or false."),
        };
    }
}
