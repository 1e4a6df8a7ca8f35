using System.Management.Automation;

namespace ConsulMq.Bodies;

/// <summary>Makes PowerShell objects of bodies.</summary>
internal static class BodyReader
{
    public static object? Read(QueueObject item)
    {
        var content = item.ReadContent();
        return content.Kind switch
        {
            BodyKind.Text when item.ContentType == BodyWriter.CliXmlContentType => CliXml(content.Text!),
            BodyKind.Text => content.Text,
            BodyKind.Json => JsonBodyReader.Read(content.Bytes.Span),
            _ => content.Bytes.ToArray(),
        };
    }

    private static object? CliXml(string text)
    {
        try
        {
            return CliXmlReader.Read(text);
        }
#pragma warning disable CA1031 // The content type is a claim of the producer; where it is wrong, the text is still the body.
        catch (Exception e) when (e is not PipelineStoppedException)
#pragma warning restore CA1031
        {
            return text;
        }
    }
}
