using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace ConsulMq.Bodies;

/// <summary>
/// Reads PowerShell's own XML as data. Values of the few types that the format itself knows (text, numbers, times, GUIDs, lists, dictionaries, ...) come
/// back as they were; every other object is a bag of its properties, whatever types the message names: none of them is looked up, let alone made.
/// </summary>
internal static class CliXmlReader
{
    private const string Prefix = "Deserialized.";
    private const string Cim = "Microsoft.Management.Infrastructure.CimInstance";

    private static readonly Regex Escape = new("_x([0-9A-Fa-f]{4})_", RegexOptions.CultureInvariant);

    /// <summary>Reads a text.</summary>
    /// <exception cref="Exception">It is not of that form. Whoever pushed it may have written anything.</exception>
    public static object? Read(string text)
    {
        if (NamesCim(text))
            text = WithoutCim(text);
        // With the types of a session at hand, PowerShell makes a PSCredential, a certificate, or what else that session says, of an object whose message
        // names such a type. Those types are found by way of the runspace of the thread.
        var runspace = Runspace.DefaultRunspace;
        Runspace.DefaultRunspace = null;
        try
        {
            return PSSerializer.Deserialize(text);
        }
        finally
        {
            Runspace.DefaultRunspace = runspace;
        }
    }

    /// <summary>Whether it names instances of CIM, which PowerShell hands to a native library together with the class that the message describes.</summary>
    private static bool NamesCim(string text)
    {
        using var xml = Open(text);
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "T" && !xml.IsEmptyElement && IsCim(xml.ReadString()))
                return true;
        }

        return false;
    }

    /// <summary>The same with a name that PowerShell does not know. The properties stay.</summary>
    private static string WithoutCim(string text)
    {
        using var xml = Open(text);
        var document = XDocument.Load(xml, LoadOptions.PreserveWhitespace);
        foreach (var name in document.Descendants().Where(static e => e.Name.LocalName == "T" && IsCim(e.Value)))
            name.Value = "CimObject";
        return document.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>As PowerShell opens it.</summary>
    private static XmlReader Open(string text) => XmlReader.Create(new StringReader(text), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    });

    private static bool IsCim(string name)
    {
        var plain = Unescape(name).Trim();
        if (plain.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            plain = plain.Substring(Prefix.Length);
        return plain.IndexOf(Cim, StringComparison.OrdinalIgnoreCase) >= 0;
    }

    private static string Unescape(string name) =>
        Escape.Replace(name, static match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());
}
