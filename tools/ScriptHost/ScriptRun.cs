using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace ConsulMq.ScriptHost;

/// <summary>Runs one script in one runspace and turns its end into an exit code.</summary>
internal static class ScriptRun
{
    private const int Failed = 1;
    private const string ScriptVariable = "__ScriptHostScript", NamedVariable = "__ScriptHostNamed";

    public static int Execute(CommandLine commandLine)
    {
        var host = new ConsoleHost();
        ScriptBlock script;
        try
        {
            script = commandLine.File is { } file ? Parse(file) : ScriptBlock.Create(commandLine.Text!);
        }
        catch (Exception e) when (e is ParseException or IOException or UnauthorizedAccessException)
        {
            host.UI.WriteErrorLine(e.Message);
            return Failed;
        }

        using Runspace runspace = RunspaceFactory.CreateRunspace(host, SessionState());
        runspace.Open();
        if (commandLine.ModulePath is { } modulePath)
            PutFirstOnModulePath(modulePath);
        runspace.SessionStateProxy.SetVariable(ScriptVariable, script);
        runspace.SessionStateProxy.SetVariable(NamedVariable, commandLine.Arguments.Named);

        using PowerShell shell = PowerShell.Create(runspace);
        using var interruption = new Interruption(shell);
        int exitCode = Run(shell, host, commandLine);
        return interruption.ExitCode ?? exitCode;
    }

    /// <summary>
    /// Dot-sources the script in the global scope, so that <c>$script:</c> in it means the script's own variables. A script block and not the
    /// file's path, because the engine hides the <c>exit</c> of a script file from its host. The pipeline of <c>Out-Default</c> is a separate one,
    /// because <c>exit</c> tears down the pipeline it is called in, with the rows of a table that still wait for their column widths. It is ended
    /// by <see cref="Flush"/> and not in a <c>finally</c> here, because around a <c>try</c> every error of the script would end the script.
    /// </summary>
    private const string Wrapper =
        $$"""
        $__ScriptHostOutput = { Out-Default }.GetSteppablePipeline()
        $__ScriptHostOutput.Begin($true)
        . ${{ScriptVariable}} @{{NamedVariable}} @args | ForEach-Object { $__ScriptHostOutput.Process($_) }
        """;

    private const string Flush = "if ($__ScriptHostOutput) { $__ScriptHostOutput.End() }";

    private static int Run(PowerShell shell, ConsoleHost host, CommandLine commandLine)
    {
        var command = new Command(Wrapper, isScript: true, useLocalScope: false);
        foreach (CommandParameter argument in commandLine.Arguments.Others)
            command.Parameters.Add(argument);
        shell.Commands.AddCommand(command);
        shell.Streams.Error.DataAdded += (_, e) => host.Display.WriteError(shell.Streams.Error[e.Index]);

        ErrorRecord? failure = null;
        try
        {
            shell.Invoke();
        }
        catch (PipelineStoppedException)
        {
            return Failed;
        }
        catch (RuntimeException e)
        {
            failure = e.ErrorRecord;
        }
        Finish(shell.Runspace);
        if (failure is not null)
        {
            host.Display.WriteError(failure);
            return Failed;
        }
        return host.ExitCode ?? 0;
    }

    private static void Finish(Runspace runspace)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        shell.AddScript(Flush).Invoke();
    }

    /// <summary>Parses the file under its full name: this is where <c>$PSScriptRoot</c> and the positions in errors come from.</summary>
    private static ScriptBlock Parse(string file)
    {
        string path = Path.GetFullPath(file);
        ScriptBlockAst ast = Parser.ParseInput(File.ReadAllText(path), path, out _, out ParseError[] errors);
        return errors.Length == 0 ? ast.GetScriptBlock() : throw new ParseException(errors);
    }

    private static InitialSessionState SessionState()
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        return state;
    }

    /// <summary>To be called after the runspace has been opened: opening it puts the engine's own folders first.</summary>
    private static void PutFirstOnModulePath(string directory)
    {
        string? rest = Environment.GetEnvironmentVariable("PSModulePath");
        Environment.SetEnvironmentVariable("PSModulePath", $"{Path.GetFullPath(directory)}{Path.PathSeparator}{rest}");
    }
}
