using System.Globalization;
using System.Management.Automation.Host;

namespace ConsulMq.Workers;

/// <summary>The host of a script block that works in the background: nobody to ask, and <c>exit</c> ends the block and not PowerShell.</summary>
internal sealed class JobHost : PSHost
{
    /// <summary>What the block gave to <c>exit</c>; null: it did not call it.</summary>
    public int? ExitCode { get; set; }

    /// <inheritdoc />
    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    /// <inheritdoc />
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    /// <inheritdoc />
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc />
    public override string Name => "ConsulMqWorker";

    /// <inheritdoc />
    public override PSHostUserInterface UI => null!;

    /// <inheritdoc />
    public override Version Version { get; } = typeof(JobHost).Assembly.GetName().Version!;

    /// <inheritdoc />
    public override void EnterNestedPrompt() => throw new NotSupportedException("There is nobody to ask.");

    /// <inheritdoc />
    public override void ExitNestedPrompt()
    {
    }

    /// <inheritdoc />
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc />
    public override void NotifyEndApplication()
    {
    }

    /// <inheritdoc />
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}
