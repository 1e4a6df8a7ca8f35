using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Storage;

/// <summary>What <c>_system/info</c> says of a queue.</summary>
internal sealed record QueueInfo
{
    /// <summary>The layout that this version reads and writes.</summary>
    public const int CurrentLayout = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public QueueSettings Settings { get; init; } = new();

    /// <summary>The ModifyIndex of the key that this was read from; 0: it is not stored yet.</summary>
    public ulong Index { get; init; }

    /// <summary>Properties that this version does not know, with their JSON: a newer one set them, and a change of the others must not lose them.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Unknown { get; init; } = [];

    public byte[] ToJson()
    {
        using var buffer = new PooledBuffer(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("layout", CurrentLayout);
            json.WriteString("created", CreatedAt.UtcDateTime);
            WriteSettings(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.UnsupportedLayout"/>, or <see cref="ConsulMqError.CorruptEntry"/>.</exception>
    public static QueueInfo Parse(ReadOnlySpan<byte> value, QueueKeys keys)
    {
        int? layout = null;
        DateTimeOffset? created = null;
        var settings = new QueueSettings();
        var unknown = new List<KeyValuePair<string, byte[]>>();
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                throw Corrupt(keys, "it is not a JSON object", null);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("layout"u8) && json.Read())
                    layout = json.GetInt32();
                else if (json.ValueTextEquals("created"u8) && json.Read())
                    created = json.GetDateTimeOffset();
                else if (ReadSetting(ref json, settings) is { } read)
                    settings = read;
                else
                    unknown.Add(ReadUnknown(ref json, value));
            }

            if (settings.Problem() is { } problem)
                throw new FormatException(problem);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw Corrupt(keys, e.Message, e);
        }

        return layout switch
        {
            CurrentLayout => new QueueInfo { CreatedAt = created ?? default, Settings = settings, Unknown = unknown },
            null => throw new ConsulMqException(ConsulMqError.UnsupportedLayout,
                $"Queue '{keys.Queue}' has no layout number in '{keys.Info}': another program made it, such as the Go library consulmq, and nothing was touched.", keys.Queue)
            {
                RecommendedAction = "Use another queue name or key prefix.",
            },
            _ => throw new ConsulMqException(ConsulMqError.UnsupportedLayout,
                $"Queue '{keys.Queue}' has layout {layout}; this version of ConsulMq knows layout {CurrentLayout}, and nothing was touched.", keys.Queue)
            {
                RecommendedAction = "Update the module: Update-Module ConsulMq.",
            },
        };
    }

    /// <summary>Reads what <see cref="WriteSettings"/> wrote, as an object of its own.</summary>
    /// <param name="json">Stands at the beginning of the object.</param>
    /// <param name="text">The whole text that it reads.</param>
    public static QueueInfo ReadSettings(ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        var settings = new QueueSettings();
        var unknown = new List<KeyValuePair<string, byte[]>>();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new FormatException("its settings are not an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadSetting(ref json, settings) is { } read)
                settings = read;
            else
                unknown.Add(ReadUnknown(ref json, text));
        }

        return new QueueInfo { CreatedAt = default, Settings = settings, Unknown = unknown };
    }

    /// <summary>Writes what differs from the defaults, and what this version does not know.</summary>
    public void WriteSettings(Utf8JsonWriter json)
    {
        if (Settings.TimeToLive is { } ttl)
            json.WriteNumber("ttl", (long)ttl.TotalMilliseconds);
        if (Settings.MaxDeliveries != QueueSettings.DefaultMaxDeliveries)
            json.WriteNumber("maxDeliveries", Settings.MaxDeliveries);
        if (Settings.MaxDepth is { } depth)
            json.WriteNumber("maxDepth", depth);
        if (Settings.StrictOrder)
            json.WriteBoolean("strictOrder", true);
        if (Settings.DeadLetterExpired)
            json.WriteBoolean("deadLetterExpired", true);
        if (Settings.DeduplicationWindow != QueueSettings.DefaultDeduplicationWindow)
            json.WriteNumber("deduplicationWindow", (long)Settings.DeduplicationWindow.TotalMilliseconds);
        if (Settings.MaxBodyBytes != QueueSettings.DefaultMaxBodyBytes)
            json.WriteNumber("maxBodyBytes", Settings.MaxBodyBytes);
        foreach (var property in Unknown)
        {
            json.WritePropertyName(property.Key);
            json.WriteRawValue(property.Value, skipInputValidation: true);
        }
    }

    /// <summary>Reads a setting. Null: this version does not know the property.</summary>
    private static QueueSettings? ReadSetting(ref Utf8JsonReader json, QueueSettings settings)
    {
        if (json.ValueTextEquals("ttl"u8) && json.Read())
            return settings with { TimeToLive = TimeSpan.FromMilliseconds(json.GetInt64()) };
        if (json.ValueTextEquals("maxDeliveries"u8) && json.Read())
            return settings with { MaxDeliveries = json.GetInt32() };
        if (json.ValueTextEquals("maxDepth"u8) && json.Read())
            return settings with { MaxDepth = json.GetInt64() };
        if (json.ValueTextEquals("strictOrder"u8) && json.Read())
            return settings with { StrictOrder = json.GetBoolean() };
        if (json.ValueTextEquals("deadLetterExpired"u8) && json.Read())
            return settings with { DeadLetterExpired = json.GetBoolean() };
        if (json.ValueTextEquals("deduplicationWindow"u8) && json.Read())
            return settings with { DeduplicationWindow = TimeSpan.FromMilliseconds(json.GetInt64()) };
        if (json.ValueTextEquals("maxBodyBytes"u8) && json.Read())
            return settings with { MaxBodyBytes = json.GetInt64() };
        return null;
    }

    private static KeyValuePair<string, byte[]> ReadUnknown(ref Utf8JsonReader json, ReadOnlySpan<byte> value)
    {
        var name = json.GetString()!;
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return new(name, value.Slice(start, (int)json.BytesConsumed - start).ToArray());
    }

    private static ConsulMqException Corrupt(QueueKeys keys, string why, Exception? inner) =>
        new(ConsulMqError.CorruptEntry, $"Key '{keys.Info}' does not hold the settings of a queue: {why}. Nothing was touched; repair or delete the key.", keys.Info, inner);
}
