using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ConsulMq.Commands;

namespace ConsulMq.Bodies;

/// <summary>Makes bodies of PowerShell objects. For one thread.</summary>
internal sealed class BodyWriter(BodyFormat format, int depth) : IDisposable
{
    /// <summary>The content type of PowerShell's own XML.</summary>
    public const string CliXmlContentType = "application/vnd.powershell.clixml";

    /// <summary>What to do with a secret in place of pushing it.</summary>
    public const string SecretAdvice = "Push the name of the secret and let the worker fetch it, or push what you have encrypted yourself (Protect-CmsMessage).";

    private JsonBodyWriter? _json;

    /// <summary>The body that <paramref name="item"/> becomes.</summary>
    /// <param name="item">Anything; wrapped in a PSObject or not.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidBody"/></exception>
    public MessageBody Write(object? item)
    {
        var value = item is PSObject wrapped ? wrapped.BaseObject : item;
        if (value is null || item == AutomationNull.Value)
            throw new ConsulMqException(ConsulMqError.InvalidBody, "$null cannot be pushed.")
            {
                RecommendedAction = "Filter it out (Where-Object { $null -ne $_ }), or push an object that has it as a property.",
            };
        return format switch
        {
            BodyFormat.Auto => Auto(item!, value),
            BodyFormat.Text => MessageBody.FromText(LanguagePrimitives.ConvertTo<string>(item)),
            BodyFormat.Json => value is string text ? Parse(text) : Json(item!),
            _ => CliXml(item!),
        };
    }

    public void Dispose() => _json?.Dispose();

    private MessageBody Auto(object item, object value) => value switch
    {
        string text => MessageBody.FromText(text),
        byte[] bytes => MessageBody.FromBytes((byte[])bytes.Clone()),
        ICollection<byte> bytes => MessageBody.FromBytes(bytes.ToArray()),
        char c => MessageBody.FromText(c.ToString()),
        FileSystemInfo file => MessageBody.FromText(file.FullName),
        Stream => throw new ConsulMqException(ConsulMqError.InvalidBody, "A stream cannot be pushed.")
        {
            RecommendedAction = "Read it, and push its bytes: ,$bytes | Push-ConsulMqItem",
        },
        _ => Json(item),
    };

    private MessageBody Json(object item) => (_json ??= new JsonBodyWriter(depth)).Write(item);

    /// <summary>Windows encrypts what is in a SecureString for this user on this machine; elsewhere PowerShell writes it in the clear.</summary>
    private MessageBody CliXml(object item)
    {
        var xml = PSSerializer.Serialize(item, depth);
        // Text has no such bracket in XML, so this is an element.
        if ((xml.Contains("<SS>") || xml.Contains("<SS ")) && !RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            throw new ConsulMqException(ConsulMqError.InvalidBody, "The item is or holds a SecureString, which -As CliXml stores in the clear outside Windows.") { RecommendedAction = SecretAdvice };
        return MessageBody.FromText(xml);
    }

    private static MessageBody Parse(string text)
    {
        try
        {
            return MessageBody.FromJson(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException e)
        {
            throw new ConsulMqException(ConsulMqError.InvalidBody,
                $"The string is not JSON: {e.Message}", null, e)
            {
                RecommendedAction = "With -As Json a string has to be JSON; to push it as a string, leave -As Json out.",
            };
        }
    }
}
