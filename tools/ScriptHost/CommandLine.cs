namespace ConsulMq.ScriptHost;

/// <summary>What the command line asks for: a script file or a text, its arguments, and the folder that leads the module path.</summary>
internal sealed record CommandLine(string? File, string? Text, string? ModulePath, ScriptArguments Arguments)
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
            ["-Command" or "-c", var text, .. var rest] => new(null, text, modulePath, ScriptArguments.Parse(rest)),
            ["-File" or "-f", var file, .. var rest] => new(file, null, modulePath, ScriptArguments.Parse(rest)),
            [var file, .. var rest] when !file.StartsWith('-') => new(file, null, modulePath, ScriptArguments.Parse(rest)),
            _ => null,
        };
    }
}
