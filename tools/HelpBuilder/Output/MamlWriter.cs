using System.Text;
using System.Xml;
using System.Xml.Linq;
using ConsulMq.HelpBuilder.Pages;
using ConsulMq.HelpBuilder.Text;
using Markdig.Syntax;
using static ConsulMq.HelpBuilder.Output.MamlNames;

namespace ConsulMq.HelpBuilder.Output;

/// <summary>Writes the help of the cmdlets as MAML.</summary>
internal sealed class MamlWriter(ModuleShape module)
{
    /// <summary>The document, always in the same bytes.</summary>
    public string Write(IEnumerable<CmdletPage> pages)
    {
        var root = new XElement(MamlNames.Help + "helpItems", new XAttribute("schema", "maml"), pages.OrderBy(page => page.Name, StringComparer.Ordinal).Select(CommandOf));
        var text = new StringBuilder();
        text.Append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" }))
            root.WriteTo(writer);
        return text.Append('\n').ToString();
    }

    /// <summary>The title of an example as Get-Help shows it.</summary>
    internal static string Title(int number, string title) => $"--- Example {number}: {title} ---";

    /// <summary>Paragraphs, each in an element of its own.</summary>
    internal static IEnumerable<XElement> Paras(IEnumerable<Block> blocks) => PlainText.Paragraphs(blocks, ExampleReader.Widest).Select(Para);

    internal static XElement Para(string text) => new(Maml + "para", text);

    private XElement CommandOf(CmdletPage page)
    {
        CmdletShape cmdlet = module.Cmdlets[page.Name];
        string[] name = page.Name.Split('-', 2);
        var parameters = new MamlParameters(page, cmdlet);
        return new XElement(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                Command + "details",
                new XElement(Command + "name", page.Name),
                new XElement(Command + "verb", name[0]),
                new XElement(Command + "noun", name[1]),
                new XElement(Maml + "description", Para(page.Synopsis))),
            new XElement(Maml + "description", Paras(page.Description)),
            parameters.Syntax(),
            parameters.All(),
            new XElement(Command + "inputTypes", page.Inputs.Select(section => Type("inputType", section))),
            new XElement(Command + "returnValues", page.Outputs.Select(section => Type("returnValue", section))),
            new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paras(page.Notes), Para("Errors, by the first part of FullyQualifiedErrorId:"), Paras(page.Errors))),
            new XElement(Command + "examples", page.Examples.Select(ExampleOf)),
            new XElement(Command + "relatedLinks", LinksOf(page)));
    }

    private static XElement Type(string element, Section section) => new(
        Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", section.Title)),
        new XElement(Maml + "description", Paras(section.Blocks)));

    private static XElement ExampleOf(Example example) => new(
        Command + "example",
        new XElement(Maml + "title", Title(example.Number, example.Title)),
        new XElement(Dev + "code", example.Code),
        // The last paragraph is the empty line in front of the next example.
        new XElement(Dev + "remarks", Paras(example.Remarks), Para("")));

    // Get-Help -Online opens the first address.
    private IEnumerable<XElement> LinksOf(CmdletPage page)
    {
        if (module.PageOf(page.Name) is { } address)
            yield return Link("Online version:", address);
        foreach (string link in page.Links)
            yield return Link(link, "");
    }

    private static XElement Link(string text, string address) =>
        new(Maml + "navigationLink", new XElement(Maml + "linkText", text), new XElement(Maml + "uri", address));
}
