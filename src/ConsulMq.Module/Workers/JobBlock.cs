using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConsulMq.Workers;

/// <summary>
/// The script block of a worker, made anew of its syntax tree, which keeps its file and lines: the caller's own belongs to the caller's runspace and
/// would run there.
/// </summary>
internal sealed class JobBlock
{
    private JobBlock(ScriptBlock block, string call) => (Block, Call) = (block, call);

    /// <summary>The block, bound to no session.</summary>
    public ScriptBlock Block { get; }

    /// <summary>
    /// How to call it: a script with the parameters <c>$Block</c> and <c>$Item</c>. Inside a <c>try</c> an exception ends the block, whoever threw it: outside,
    /// PowerShell goes on behind the statement where .NET threw, or where a command is not known, and the block would seem to have done its work.
    /// </summary>
    public string Call { get; }

    /// <summary>Makes one.</summary>
    public static JobBlock Of(ScriptBlock block)
    {
        if (block.Ast is not ScriptBlockAst ast)
            ast = (ScriptBlockAst)ScriptBlock.Create(block.ToString()).Ast; // a function: this gives it its parameter block
        return ast.EndBlock is { Unnamed: true } && !IsAdvanced(ast.ParamBlock)
            // As a filter it has the item in $_ just as ForEach-Object gives it, beside the argument.
            ? new JobBlock(Filter(ast), "param($Block, $Item) try { $Item | & $Block $Item } catch { throw }")
            : new JobBlock(ast.GetScriptBlock(), "param($Block, $Item) try { & $Block $Item } catch { throw }");
    }

    private static bool IsAdvanced(ParamBlockAst? parameters) => parameters is not null
        && (parameters.Attributes.Any(static attribute => attribute.TypeName.GetReflectionAttributeType() == typeof(CmdletBindingAttribute))
            || parameters.Parameters.Any(static parameter => parameter.Attributes.Any(static attribute => attribute.TypeName.GetReflectionAttributeType() == typeof(ParameterAttribute))));

    private static ScriptBlock Filter(ScriptBlockAst ast)
    {
        Ast root = ast;
        while (root.Parent is not null)
            root = root.Parent;
        var usings = root is ScriptBlockAst { UsingStatements: { } all }
            ? all.Where(static statement => statement.UsingStatementKind == UsingStatementKind.Namespace).Select(static statement => (UsingStatementAst)statement.Copy()) : [];
        var statements = new StatementBlockAst(
            ast.EndBlock.Extent,
            ast.EndBlock.Statements.Select(static statement => (StatementAst)statement.Copy()),
            ast.EndBlock.Traps?.Select(static trap => (TrapStatementAst)trap.Copy()));
        return new ScriptBlockAst(ast.Extent, usings, (ParamBlockAst?)ast.ParamBlock?.Copy(), statements, isFilter: true, isConfiguration: false).GetScriptBlock();
    }
}
