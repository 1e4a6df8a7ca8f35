using System.Management.Automation;

namespace ConsulMq.ScriptHost;

/// <summary>An error in the engine's concise form: <c>Name: message</c>, or the position where a script is at fault.</summary>
internal static class ErrorText
{
    public static string Of(ErrorRecord error)
    {
        // A line that a native command wrote to its standard error is no error of a command.
        if (error.FullyQualifiedErrorId is "NativeCommandError" or "NativeCommandErrorMessage")
            return error.Exception.Message;

        string message = error.ErrorDetails?.Message is { Length: > 0 } details ? details : error.Exception.Message;
        InvocationInfo? invocation = error.InvocationInfo;
        string? script = invocation?.ScriptName is { Length: > 0 } path ? $"{Path.GetFileName(path)}:{invocation.ScriptLineNumber}" : null;
        string? command = invocation?.MyCommand?.Name is { Length: > 0 } name ? name : null;

        return (command, script) switch
        {
            (null, null) => message,
            (null, _) => $"{script}: {message}",
            (_, null) => $"{command}: {message}",
            _ when command == Path.GetFileName(invocation!.ScriptName) => $"{script}: {message}",
            _ => $"{command}: {message} ({script})",
        };
    }
}
