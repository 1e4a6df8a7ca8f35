using System.Globalization;
using System.Management.Automation.Runspaces;

namespace ConsulMq.ScriptHost;

/// <summary>What the command line asks for: a script file or a text, its arguments, and the folder that leads the module path.</summary>
internal sealed record CommandLine(string? File, string? Text, string? ModulePath, IReadOnlyList<CommandParameter> Arguments)
{
    public const string Usage =
        """
        usage: ScriptHost [--module-path DIR] FILE.ps1 [ARGS...]
               ScriptHost [--module-path DIR] -Command TEXT [ARGS...]
        """;

    /// <summary>Returns null when the command line names nothing to run.</summary>
    public static CommandLine? Parse(ReadOnlySpan<string> args)
    {
        string? modulePath = null;
        if (args is ["--module-path", var directory, ..])
        {
            modulePath = directory;
            args = args[2..];
        }
        // What a script passes to its own interpreter to start another one of it, which may be pwsh.
        while (args is ["-NoLogo" or "-NoProfile" or "-NonInteractive", ..])
            args = args[1..];
        return args switch
        {
            ["-Command" or "-c", var text, .. var rest] => new(null, text, modulePath, ParseArguments(rest)),
            ["-File" or "-f", var file, .. var rest] => new(file, null, modulePath, ParseArguments(rest)),
            [var file, .. var rest] when !file.StartsWith('-') => new(file, null, modulePath, ParseArguments(rest)),
            _ => null,
        };
    }

    /// <summary>Reads arguments as <c>pwsh -File</c> does: text, except for <c>-Name</c>, <c>-Name:</c> and <c>-Name:value</c>.</summary>
    private static List<CommandParameter> ParseArguments(ReadOnlySpan<string> args)
    {
        var parameters = new List<CommandParameter>();
        for (int i = 0; i < args.Length; i++)
        {
            string arg = args[i];
            int colon = arg.IndexOf(':');
            if (!IsParameter(arg))
                parameters.Add(new CommandParameter(null, arg));
            else if (colon < 0)
                // The engine decides, once it knows the script's parameters, whether the next argument is this one's value.
                parameters.Add(new CommandParameter(arg));
            else if (colon < arg.Length - 1)
                // With the colon, or a switch that is passed on with @args would lose its value.
                parameters.Add(new CommandParameter(arg[..(colon + 1)], Value(arg[(colon + 1)..])));
            else
                parameters.Add(new CommandParameter(arg, ++i < args.Length ? Value(args[i]) : null));
        }
        return parameters;
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
