using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Storage;

/// <summary>
/// The first line of an export, or its last one: that is how an end that was cut off shows. Such as
/// <c>{"consulmq":1,"export":"…","queue":"jobs","exportedAt":"…","settings":{}}</c> and <c>{"consulmq":1,"end":"…","messages":2}</c>.
/// </summary>
/// <param name="Export">The export's own ID.</param>
internal sealed record ExportHeader(Guid Export)
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int Format = 1;

    /// <summary>Whether it is the last line.</summary>
    public bool IsEnd { get; init; }

    /// <summary>How many messages there are, in the last line.</summary>
    public long Messages { get; init; }

    /// <summary>The queue, in the first line; null: not said.</summary>
    public string? Queue { get; init; }

    /// <summary>When it was begun, in the first line.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What was set for the queue, in the first line; null: not said.</summary>
    public QueueInfo? Settings { get; init; }

    public void WriteTo(PooledBuffer buffer)
    {
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("consulmq", Format);
        if (IsEnd)
        {
            json.WriteString("end", Export);
            json.WriteNumber("messages", Messages);
        }
        else
        {
            json.WriteString("export", Export);
            json.WriteString("queue", Queue);
            json.WriteString("exportedAt", At.UtcDateTime);
            json.WriteStartObject("settings");
            Settings?.WriteSettings(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a line. Null: it is another one, a message's for example.</summary>
    /// <exception cref="FormatException">It is one, and cannot be read; the text says why.</exception>
    public static ExportHeader? Read(ReadOnlySpan<byte> line)
    {
        var isHeader = false;
        try
        {
            var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MessageBody.MaxJsonDepth + 2 });
            // It is told by its first property: nothing else of a message is read twice.
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.Read() || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("consulmq"u8))
                return null;
            isHeader = true;
            json.Read();
            var format = json.GetInt32();
            if (format != Format)
                throw new FormatException($"the file has format {format}, and this version of ConsulMq reads {Format}: update the module");
            var header = ReadProperties(ref json, line);
            return header.Settings?.Settings.Problem() is { } problem ? throw new FormatException(problem) : header;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // What is wrong with a message tells the one who reads it as a message.
            if (!isHeader)
                return null;
            throw new FormatException("it is not the beginning or the end of an export", e);
        }
    }

    private static ExportHeader ReadProperties(ref Utf8JsonReader json, ReadOnlySpan<byte> line)
    {
        var header = new ExportHeader(Guid.Empty);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isEnd = json.ValueTextEquals("end"u8);
            if (isEnd || json.ValueTextEquals("export"u8))
            {
                json.Read();
                header = header with { Export = json.GetGuid(), IsEnd = isEnd };
            }
            else if (json.ValueTextEquals("queue"u8) && json.Read())
                header = header with { Queue = json.GetString() };
            else if (json.ValueTextEquals("messages"u8) && json.Read())
                header = header with { Messages = json.GetInt64() };
            else if (json.ValueTextEquals("exportedAt"u8) && json.Read())
                header = header with { At = json.GetDateTimeOffset() };
            else if (json.ValueTextEquals("settings"u8) && json.Read())
                header = header with { Settings = QueueInfo.ReadSettings(ref json, line) };
            else
                json.Skip();
        }

        if (json.TokenType != JsonTokenType.EndObject || json.Read())
            throw new FormatException("it is more than one JSON object");
        return header;
    }
}
