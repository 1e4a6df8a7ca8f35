using System.Globalization;
using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>Writes and reads the texts of <c>/v1/session</c>.</summary>
internal static class SessionJson
{
    /// <summary>Consul's are UUIDs.</summary>
    private const int LongestId = 256;

    /// <summary>The body of a creation.</summary>
    public static ReadOnlyMemory<byte> Request(SessionRequest request) => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("Name", request.Name);
        if (request.Ttl != TimeSpan.Zero)
            json.WriteString("TTL", GoDuration.Format(request.Ttl));
        json.WriteString("Behavior", request.Behavior == SessionBehavior.Delete ? "delete" : "release");
        // Left out, it means the node's serfHealth.
        if (request.IgnoresNodeHealth)
        {
            json.WriteStartArray("NodeChecks");
            json.WriteEndArray();
        }

        // Written even if zero: left out, it means 15 s.
        json.WriteString("LockDelay", GoDuration.Format(request.LockDelay));
        json.WriteEndObject();
    });

    /// <summary>The ID of a session just created.</summary>
    public static string Id(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        JsonText.Next(ref reader);
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        string? id = null;
        while (JsonText.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ID"u8))
                id = JsonText.Text(ref reader);
            else
                JsonText.SkipValue(ref reader);
        }
        JsonText.End(ref reader);
        // It becomes part of keys and addresses.
        return string.IsNullOrEmpty(id) || id!.Length > LongestId ? throw new JsonException("A session without an ID.") : id;
    }

    /// <summary>A list of sessions; <c>null</c> stands for an empty one.</summary>
    public static IReadOnlyList<SessionInfo> List(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var sessions = new List<SessionInfo>();
        JsonText.Next(ref reader);
        if (reader.TokenType != JsonTokenType.Null)
        {
            JsonText.Expect(ref reader, JsonTokenType.StartArray);
            for (JsonText.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; JsonText.Next(ref reader))
                sessions.Add(Session(ref reader));
        }
        JsonText.End(ref reader);
        return sessions;
    }

    private static SessionInfo Session(ref Utf8JsonReader reader)
    {
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        string? id = null, name = null, node = null, ttl = null, behavior = null;
        ulong index = 0;
        var hasChecks = false;
        while (JsonText.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ID"u8))
                id = JsonText.Text(ref reader);
            else if (reader.ValueTextEquals("Name"u8))
                name = JsonText.Text(ref reader);
            else if (reader.ValueTextEquals("Node"u8))
                node = JsonText.Text(ref reader);
            else if (reader.ValueTextEquals("TTL"u8))
                ttl = JsonText.Text(ref reader);
            else if (reader.ValueTextEquals("Behavior"u8))
                behavior = JsonText.Text(ref reader);
            else if (reader.ValueTextEquals("CreateIndex"u8))
                index = JsonText.UInt64(ref reader);
            else if (reader.ValueTextEquals("NodeChecks"u8))
                hasChecks = HasElements(ref reader);
            else
                JsonText.SkipValue(ref reader);
        }
        if (string.IsNullOrEmpty(id))
            throw new JsonException("A session without an ID.");
        return new SessionInfo(id!, name ?? "", node ?? "", GoDuration.Parse(ttl), behavior == "delete" ? SessionBehavior.Delete : SessionBehavior.Release, index, !hasChecks);
    }

    /// <summary>Whether the array that follows has any elements; <c>null</c> has none.</summary>
    private static bool HasElements(ref Utf8JsonReader reader)
    {
        JsonText.Next(ref reader);
        var has = false;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (JsonText.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; JsonText.Next(ref reader))
            {
                has = true;
                reader.Skip();
            }
        }

        return has;
    }
}

/// <summary>Go's notation of durations: <c>1h30m</c>, <c>10s</c>, <c>1.5s</c>, <c>250ms</c>.</summary>
internal static class GoDuration
{
    /// <summary>In whole seconds, as Consul's own clients write it, or else in milliseconds.</summary>
    public static string Format(TimeSpan time) => time.Ticks % TimeSpan.TicksPerSecond == 0
        ? ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture) + "s"
        : ((long)Math.Ceiling(time.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture) + "ms";

    /// <summary>Zero for an empty text.</summary>
    /// <exception cref="JsonException">It is not a duration.</exception>
    public static TimeSpan Parse(string? text)
    {
        double seconds = 0;
        for (var at = 0; at < (text?.Length ?? 0);)
        {
            var start = at;
            while (at < text!.Length && (char.IsDigit(text[at]) || text[at] == '.'))
                at++;
            var unitStart = at;
            while (at < text.Length && !char.IsDigit(text[at]) && text[at] != '.')
                at++;
            var unit = text.Substring(unitStart, at - unitStart) switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "us" or "µs" => 1e-6, "ns" => 1e-9, _ => 0d };
            if (unit == 0 || !double.TryParse(text.Substring(start, unitStart - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                throw new JsonException("A duration makes no sense.");
            seconds += number * unit;
        }
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)) : throw new JsonException("A duration makes no sense.");
    }
}
