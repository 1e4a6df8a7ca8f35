using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace ConsulMq.Workers;

/// <summary>The values of <c>$using:</c> variables in a script block, as its caller sees them now.</summary>
internal static class UsingValues
{
    /// <summary>The parameter under which PowerShell itself hands them to a script, as <c>Start-ThreadJob</c> does too.</summary>
    public const string Parameter = "--%";

    /// <summary>Reads them.</summary>
    /// <param name="block">The script block.</param>
    /// <param name="session">The session of its caller.</param>
    /// <returns>The values by the keys that PowerShell looks them up with.</returns>
    public static IDictionary Of(ScriptBlock block, SessionState session)
    {
        var values = new Hashtable();
        foreach (UsingExpressionAst expression in block.Ast.FindAll(static ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true))
        {
            try
            {
                values[Key(expression)] = Value(expression, session);
            }
            catch (RuntimeException)
            {
                // Not set where strict mode is on: the block fails when it comes to the variable, as it would without this.
            }
        }

        return values;
    }

    private static string Key(UsingExpressionAst expression)
    {
        var text = expression.ToString();
        return Convert.ToBase64String(Encoding.Unicode.GetBytes(expression.SubExpression is VariableExpressionAst ? ToLower(text) : text));
    }

#pragma warning disable CA1308 // This is how PowerShell writes the key.
    private static string ToLower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Evaluates <c>$using:a</c>, <c>$using:a.b[1]</c>, <c>${using:a}</c> or <c>@using:a</c> without its <c>using:</c>.</summary>
    private static object? Value(UsingExpressionAst expression, SessionState session)
    {
        var text = expression.Extent.Text;
        var at = text.IndexOf("using:", StringComparison.OrdinalIgnoreCase);
        var plain = "$" + text.Substring(1, at - 1) + text.Substring(at + "using:".Length);
        // In a table an array stays what it is; the pipeline would take it apart.
        var table = session.InvokeCommand.InvokeScript(session, ScriptBlock.Create($"@{{ Value = {plain} }}"));
        return ((Hashtable)table[0].BaseObject)["Value"];
    }
}
