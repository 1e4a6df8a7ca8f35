using System.Management.Automation;

namespace ConsulMq.HelpBuilder;

/// <summary>A cmdlet, as Get-Command knows it.</summary>
internal sealed class CmdletShape
{
    /// <summary>Reads it off the engine. The engine's common parameters are left out, but for <c>-WhatIf</c> and <c>-Confirm</c>.</summary>
    public CmdletShape(CmdletInfo cmdlet)
    {
        Name = cmdlet.Name;
        HelpFile = cmdlet.HelpFile;
        // The default set is the one that people mean.
        ParameterSets = [.. cmdlet.ParameterSets.OrderByDescending(set => set.IsDefault).ThenBy(set => set.Name, StringComparer.Ordinal).Select(Read)];
        // A parameter is shown once: as it is in the first set that has it, mandatory only if all say so.
        Parameters = [.. ParameterSets.SelectMany(set => set).GroupBy(p => p.Name)
            .Select(g => g.First() with { IsMandatory = g.All(p => p.IsMandatory) && g.Count() == ParameterSets.Count, Pipeline = Widest(g) })
            .OrderBy(p => p.IsCommon).ThenBy(p => p.Name, StringComparer.OrdinalIgnoreCase)];
    }

    public string Name { get; }

    /// <summary>The name of the file in which the engine looks for its help.</summary>
    public string HelpFile { get; }

    /// <summary>The default set first; in a set, positional parameters, then mandatory ones, then the others.</summary>
    public IReadOnlyList<IReadOnlyList<ParameterShape>> ParameterSets { get; }

    /// <summary>Each once, in the order of the alphabet.</summary>
    public IReadOnlyList<ParameterShape> Parameters { get; }

    private static IReadOnlyList<ParameterShape> Read(CommandParameterSetInfo set) =>
        [.. set.Parameters.Where(p => !Cmdlet.CommonParameters.Contains(p.Name)).Select(Read)
            .OrderBy(p => p.IsCommon).ThenBy(p => p.Position ?? int.MaxValue).ThenByDescending(p => p.IsMandatory).ThenBy(p => p.Name, StringComparer.OrdinalIgnoreCase)];

    private static ParameterShape Read(CommandParameterInfo parameter)
    {
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        Type element = type.IsArray ? type.GetElementType()! : type;
        string[] values = element.IsEnum
            ? Enum.GetNames(element)
            : [.. parameter.Attributes.OfType<ValidateSetAttribute>().SelectMany(set => set.ValidValues)];
        return new ParameterShape(
            parameter.Name,
            element.Name.Split('`')[0] + (type.IsArray ? "[]" : ""),
            type == typeof(SwitchParameter),
            values,
            [.. parameter.Aliases.Order(StringComparer.OrdinalIgnoreCase)],
            parameter.IsMandatory,
            parameter.Position == int.MinValue ? null : parameter.Position,
            Pipeline(parameter),
            parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any(),
            type.IsArray,
            Cmdlet.OptionalCommonParameters.Contains(parameter.Name));
    }

    private static string Pipeline(CommandParameterInfo parameter) => (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string Widest(IEnumerable<ParameterShape> parameters) => parameters.Select(p => p.Pipeline).MaxBy(pipeline => pipeline.Length)!;
}
