using System.Management.Automation;
using ConsulMq.Diagnostics;

namespace ConsulMq;

/// <summary>Whether the caller of a cmdlet wants to know what happens, by <c>-Verbose</c> and <c>-Debug</c> or by the variables behind them.</summary>
internal static class CmdletLog
{
    /// <summary>The log that the cmdlet's operations write to; null: nobody wants to know.</summary>
    public static OperationLog? Of(PSCmdlet cmdlet)
    {
        var steps = WantsSteps(cmdlet);
        var requests = IsWanted(cmdlet, "Debug", "DebugPreference");
        return steps || requests ? new OperationLog(steps, requests) : null;
    }

    /// <summary>
    /// Whether a sentence goes to the debug stream, where it is wanted at all: with <c>-Debug</c> and without <c>-Verbose</c> PowerShell asks a compiled cmdlet
    /// whether to go on, at each sentence that it writes to the verbose stream.
    /// </summary>
    public static bool WritesStepsToDebug(PSCmdlet cmdlet) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue("Debug", out var given) && given is SwitchParameter { IsPresent: true }
        && !cmdlet.MyInvocation.BoundParameters.ContainsKey("Verbose");

    /// <summary>Whether sentences are wanted.</summary>
    public static bool WantsSteps(PSCmdlet cmdlet) => IsWanted(cmdlet, "Verbose", "VerbosePreference");

    private static bool IsWanted(PSCmdlet cmdlet, string parameter, string variable) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var given) && given is SwitchParameter isOn
            ? isOn
            : LanguagePrimitives.TryConvertTo<ActionPreference>(cmdlet.GetVariableValue(variable), out var preference)
                && preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
