using System.Globalization;
using System.Management.Automation.Host;

namespace ConsulMq.ScriptHost;

/// <summary>The engine's view of this process.</summary>
internal sealed class ConsoleHost : PSHost
{
    private readonly HostUserInterface _ui;

    public ConsoleHost()
    {
        Display = new Display();
        _ui = new HostUserInterface(Display);
    }

    public Display Display { get; }

    /// <summary>What the script passed to <c>exit</c>; null when it did not call it.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "ScriptHost";

    public override Version Version { get; } = typeof(ConsoleHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _ui;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host runs scripts and has no prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host runs scripts and has no prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
