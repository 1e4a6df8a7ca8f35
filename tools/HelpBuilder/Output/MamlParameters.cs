using System.Xml.Linq;
using ConsulMq.HelpBuilder.Pages;
using static ConsulMq.HelpBuilder.Output.MamlNames;

namespace ConsulMq.HelpBuilder.Output;

/// <summary>The syntax and the parameters of a cmdlet in MAML.</summary>
internal sealed class MamlParameters(CmdletPage page, CmdletShape cmdlet)
{
    private static readonly Dictionary<string, string> Common = new()
    {
        ["WhatIf"] = "Says what would happen, and does nothing.",
        ["Confirm"] = "Asks before anything happens. -Confirm:$false does not ask.",
    };

    /// <summary>One line for each parameter set.</summary>
    public XElement Syntax() => new(
        Command + "syntax",
        cmdlet.ParameterSets.Select(set => new XElement(
            Command + "syntaxItem",
            new XElement(Maml + "name", cmdlet.Name),
            set.Select(parameter => Parameter(parameter, inSyntax: true)))));

    /// <summary>Each parameter, with what the page says of it.</summary>
    public XElement All() => new(Command + "parameters", cmdlet.Parameters.Select(parameter => Parameter(parameter, inSyntax: false)));

    private XElement Parameter(ParameterShape parameter, bool inSyntax)
    {
        var element = new XElement(
            Command + "parameter",
            new XAttribute("required", parameter.IsMandatory ? "true" : "false"),
            new XAttribute("variableLength", parameter.TakesRest ? "true" : "false"),
            new XAttribute("globbing", parameter.TakesWildcards ? "true" : "false"),
            new XAttribute("pipelineInput", parameter.Pipeline),
            new XAttribute("position", parameter.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
            new XElement(Maml + "name", parameter.Name));
        if (!inSyntax)
            element.Add(new XElement(Maml + "description", Description(parameter)));
        if (inSyntax && parameter.Values.Count > 0)
            element.Add(new XElement(Command + "parameterValueGroup", parameter.Values.Select(value => Value(value, required: false))));
        if (!parameter.IsSwitch && !(inSyntax && parameter.Values.Count > 0))
            element.Add(Value(parameter.Type, required: true));
        if (!inSyntax)
        {
            element.Add(
                new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type)),
                new XElement(Dev + "defaultValue", Default(parameter)));
        }

        return element;
    }

    private static XElement Value(string text, bool required) => new(
        Command + "parameterValue", new XAttribute("required", required ? "true" : "false"), new XAttribute("variableLength", "false"), text);

    private XElement[] Description(ParameterShape parameter)
    {
        if (PageOf(parameter) is not { } section)
            return [MamlWriter.Para(Common[parameter.Name])];
        XElement[] paras = [.. MamlWriter.Paras(section.Blocks)];
        bool isComplete = parameter.Values.All(value => paras.Any(para => para.Value.Contains(value, StringComparison.Ordinal)));
        return isComplete ? paras : [.. paras, MamlWriter.Para($"Values: {string.Join(", ", parameter.Values)}.")];
    }

    private string Default(ParameterShape parameter) =>
        (PageOf(parameter) is { } section ? CmdletPage.DefaultOf(section) : null) ?? (parameter.IsSwitch ? "False" : "None");

    private Section? PageOf(ParameterShape parameter) => page.Parameters.Sections.FirstOrDefault(section => section.Title == $"-{parameter.Name}");
}
