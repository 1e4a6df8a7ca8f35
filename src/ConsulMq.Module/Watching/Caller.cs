using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConsulMq.Watching;

/// <summary>Where a command's output goes, as far as its line tells.</summary>
public static class Caller
{
    /// <summary>Whether nobody takes the output: the command stands alone, not in a pipeline, an assignment, an expression or a redirection.</summary>
    /// <param name="invocation">How the command was called.</param>
    public static bool StandsAlone(InvocationInfo invocation)
    {
        if (invocation.PipelineLength != 1 || invocation.ExpectingInput)
            return false;
        if (string.IsNullOrEmpty(invocation.Line))
            return true;
        var line = Parser.ParseInput(invocation.Line, out _, out _);
        var command = line.Find(ast => ast is CommandAst && ast.Extent.StartColumnNumber == invocation.OffsetInLine && ast.Extent.StartLineNumber == 1, true)
            ?? line.Find(ast => ast is CommandAst && ast.Extent.StartColumnNumber == invocation.OffsetInLine, true);
        return command is CommandAst { Redirections.Count: 0, Parent: PipelineAst { Parent: NamedBlockAst or StatementBlockAst { Parent: not (ArrayExpressionAst or SubExpressionAst) } } };
    }
}
