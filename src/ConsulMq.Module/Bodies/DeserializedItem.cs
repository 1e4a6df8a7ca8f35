using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace ConsulMq.Bodies;

/// <summary>A message that went through <c>Export-Clixml</c>, a job or a remote session. Its <c>RawBody</c> is whole there, whatever became of its <c>Body</c>.</summary>
internal sealed class DeserializedItem
{
    private readonly object _item;

    private DeserializedItem(object item) => _item = item;

    /// <summary>The message; null: it is something else.</summary>
    public static DeserializedItem? From(object? item) => Deserialized.Is<QueueObject>(item) ? new DeserializedItem(item!) : null;

    public string? ContentType => Get(nameof(QueueObject.ContentType)) as string;

    public IReadOnlyList<string> Tags => [.. Deserialized.Words(Get(nameof(QueueObject.Tags)))];

    public IReadOnlyDictionary<string, string> Headers
    {
        get
        {
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var header in Deserialized.Pairs(Get(nameof(QueueObject.Headers))))
                headers[header.Key] = header.Value;
            return headers;
        }
    }

    public bool IsDuplicate => Get(nameof(QueueObject.IsDuplicate)) is true;

    public long? Position => Get(nameof(QueueObject.Position)) is { } value && LanguagePrimitives.TryConvertTo(value, out long position) ? position : null;

    public MessageState? State => Get(nameof(QueueObject.State)) is { } value && LanguagePrimitives.TryConvertTo(value, out MessageState state) ? state : null;

    /// <summary>The body as an object, as far as it came through.</summary>
    public object? Body => Get(nameof(QueueObject.Body));

    /// <summary>The body as it was stored; null: it did not come along, as that of a big message that was moved.</summary>
    public MessageBody? Content
    {
        get
        {
            if (Get(nameof(QueueObject.RawBody)) is not byte[] bytes)
                return null;
            return Kind(bytes) switch
            {
                BodyKind.Text => MessageBody.FromText(ContentType == MessageBody.Utf16ContentType ? MessageBody.FromUtf16(bytes) : Encoding.UTF8.GetString(bytes)),
                BodyKind.Json => MessageBody.FromJson(bytes),
                _ => MessageBody.FromBytes(bytes),
            };
        }
    }

    /// <summary>The kind itself does not come along, but the body's type and the bytes tell it.</summary>
    private BodyKind Kind(byte[] bytes) => Body switch
    {
        _ when ContentType is BodyWriter.CliXmlContentType or MessageBody.Utf16ContentType => BodyKind.Text,
        byte[] => BodyKind.Bytes,
        string text when MessageBody.IsWellFormed(text) && Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(bytes) => BodyKind.Text,
        // A file that the body went into: what the message says of itself.
        _ when ContentType == "text/plain; charset=utf-8" => BodyKind.Text,
        _ when ContentType == "application/octet-stream" => BodyKind.Bytes,
        _ => IsJson(bytes) ? BodyKind.Json : BodyKind.Bytes,
    };

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            MessageBody.FromJson(bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private object? Get(string property) => Deserialized.Property(_item, property);
}
