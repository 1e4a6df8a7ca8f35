using System.Collections;
using System.Globalization;
using System.Management.Automation.Runspaces;

namespace ConsulMq.ScriptHost;

/// <summary>A script's arguments, read as <c>pwsh -File</c> does: text, except for <c>-Name</c>, <c>-Name:</c> and <c>-Name:value</c>.</summary>
/// <param name="Named">What was given with a colon. Apart from the others, because <c>@args</c> takes the value from a switch that has one.</param>
/// <param name="Others">The rest in its order.</param>
internal sealed record ScriptArguments(Hashtable Named, IReadOnlyList<CommandParameter> Others)
{
    public static ScriptArguments Parse(ReadOnlySpan<string> args)
    {
        var named = new Hashtable(StringComparer.OrdinalIgnoreCase);
        var others = new List<CommandParameter>();
        for (int i = 0; i < args.Length; i++)
        {
            string arg = args[i];
            int colon = arg.IndexOf(':');
            if (!IsParameter(arg))
                others.Add(new CommandParameter(null, arg));
            else if (colon < 0)
                // The engine decides, once it knows the script's parameters, whether the next argument is this one's value.
                others.Add(new CommandParameter(arg));
            else if (colon < arg.Length - 1)
                named[arg[1..colon]] = Value(arg[(colon + 1)..]);
            else
                named[arg[1..colon]] = ++i < args.Length ? Value(args[i]) : null;
        }
        return new ScriptArguments(named, others);
    }

    // -5 is a number and - a file name by habit; a parameter's name starts with a letter.
    private static bool IsParameter(string arg) => arg is ['-', var first, ..] && (char.IsLetter(first) || first is '_' or '?');

    private static object Value(string text) => text.ToLower(CultureInfo.InvariantCulture) switch
    {
        "$true" => true,
        "$false" => false,
        _ => text,
    };
}
