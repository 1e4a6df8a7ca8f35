using System.Management.Automation.Language;

namespace ConsulMq.Module.Tests.Coverage;

/// <summary>
/// Which parameters of which cmdlets a script uses: by name, in a table that is splatted, by a position or from the pipeline. Where a position or
/// the pipeline could mean more than one, none is counted.
/// </summary>
internal static class ParameterUse
{
    /// <summary>The uses in a script, as <see cref="Cmdlets.Key"/> names them.</summary>
    public static IEnumerable<string> In(ScriptBlockAst script)
    {
        foreach (var command in script.FindAll(static ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (command.GetCommandName() is { } name && Cmdlets.All.Find(name) is { } parameters)
            {
                foreach (var used in Of(command, parameters, script))
                    yield return Cmdlets.Key(Cmdlets.All.Names.First(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)), used);
            }
        }
    }

    private static IEnumerable<Parameter> Of(CommandAst command, IReadOnlyList<Parameter> parameters, Ast script)
    {
        var position = 0;
        var isOpen = false;
        foreach (var element in command.CommandElements.Skip(1))
        {
            if (element is CommandParameterAst named)
            {
                var parameter = Named(parameters, named.ParameterName);
                isOpen = parameter is not { IsSwitch: true } && named.Argument is null;
                if (parameter is not null)
                    yield return parameter;
            }
            else if (element is VariableExpressionAst { Splatted: true } splatted)
            {
                foreach (var parameter in Splatted(splatted.VariablePath.UserPath, script).Select(key => Named(parameters, key)).OfType<Parameter>())
                    yield return parameter;
            }
            else if (isOpen)
            {
                isOpen = false;
            }
            else
            {
                var place = position++;
                if (Single(parameters, p => p.Positions.Contains(place)) is { } positional)
                    yield return positional;
            }
        }
        if (command.Parent is PipelineAst pipeline && pipeline.PipelineElements[0] != command && Single(parameters, static p => p.IsPiped) is { } piped)
            yield return piped;
    }

    /// <summary>By its name, an alias, or the start of its name if no other begins so.</summary>
    private static Parameter? Named(IReadOnlyList<Parameter> parameters, string name) =>
        parameters.FirstOrDefault(p => p.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
        ?? Single(parameters, p => p.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase));

    private static Parameter? Single(IReadOnlyList<Parameter> parameters, Func<Parameter, bool> condition) =>
        parameters.Where(condition).Take(2).ToList() is [var one] ? one : null;

    /// <summary>The keys of the tables that a variable is given: by an assignment, or by a test case, where it is a key.</summary>
    private static IEnumerable<string> Splatted(string variable, Ast script)
    {
        var assigned = script.FindAll(ast => ast is AssignmentStatementAst { Left: VariableExpressionAst left } && left.VariablePath.UserPath == variable, true)
            .Cast<AssignmentStatementAst>().Select(static assignment => (Ast)assignment.Right);
        var cases = script.FindAll(static ast => ast is HashtableAst, true).Cast<HashtableAst>()
            .SelectMany(static table => table.KeyValuePairs).Where(pair => TextOf(pair.Item1) == variable).Select(static pair => (Ast)pair.Item2);
        return assigned.Concat(cases)
            .SelectMany(static value => value.FindAll(static ast => ast is HashtableAst, true)).Cast<HashtableAst>()
            .SelectMany(static table => table.KeyValuePairs).Select(static pair => TextOf(pair.Item1)).OfType<string>();
    }

    private static string? TextOf(Ast key) => (key as StringConstantExpressionAst)?.Value;
}
