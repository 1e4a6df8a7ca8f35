using System.Management.Automation;
using ConsulMq.Bodies;
using ConsulMq.Files;

namespace ConsulMq.Commands;

/// <content>What becomes of an item of the pipeline: the message to push.</content>
public sealed partial class PushItemCommand
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    private MessageDraft Draft(FileInfo file)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [FileNames.Header] = file.Name };
        foreach (var header in _headers ?? NoHeaders)
            headers[header.Key] = header.Value;
        return Draft() with { OpenBody = () => Transfer!.Follow(InputFile.Open(file.FullName), file.Name, file.Length), Source = file, Headers = headers };
    }

    private MessageDraft Draft(object? input)
    {
        if (As == BodyFormat.Auto && (input is PSObject wrapped ? wrapped.BaseObject : input) is QueueObject item)
        {
            return Draft() with
            {
                Body = item.ReadContent(),
                ContentType = ContentType ?? item.ContentType,
                Tags = Tag ?? item.Tags,
                Headers = _headers ?? item.Headers,
            };
        }

        if (As == BodyFormat.Auto && DeserializedItem.From(input) is { } former)
        {
            return Draft() with
            {
                Body = former.Content ?? throw new ConsulMqException(ConsulMqError.InvalidBody, "The message came without its body, and cannot be pushed."),
                ContentType = ContentType ?? former.ContentType,
                Tags = Tag ?? former.Tags,
                Headers = _headers ?? former.Headers,
            };
        }

        var draft = Draft() with { Body = _bodies!.Write(input) };
        return As == BodyFormat.CliXml ? draft with { ContentType = BodyWriter.CliXmlContentType } : draft;
    }

    /// <summary>What the parameters say of every message.</summary>
    private MessageDraft Draft() => new()
    {
        ContentType = ContentType,
        TimeToLive = TimeToLive,
        NotBefore = Due,
        Tags = Tag ?? [],
        Headers = _headers ?? NoHeaders,
        DeduplicationId = GivenId,
    };

    /// <summary>The ID of this item; an item that was to give one and has none is an error, not one without deduplication.</summary>
    private string? GivenId => MyInvocation.BoundParameters.ContainsKey(nameof(DeduplicationId)) ? DeduplicationId ?? "" : null;

    private DateTimeOffset? Due => Delay is { } delay ? Link.Settings.Clock.UtcNow + delay : NotBefore;
}
