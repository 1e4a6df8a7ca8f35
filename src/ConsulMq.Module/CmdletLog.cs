using System.Management.Automation;
using ConsulMq.Diagnostics;

namespace ConsulMq;

/// <summary>Whether the caller of a cmdlet wants to know what happens, by <c>-Verbose</c> and <c>-Debug</c> or by the variables behind them.</summary>
internal static class CmdletLog
{
    /// <summary>The log that the cmdlet's operations write to; null: nobody wants to know.</summary>
    public static OperationLog? Of(PSCmdlet cmdlet)
    {
        var steps = IsWanted(cmdlet, "Verbose", "VerbosePreference");
        var requests = IsWanted(cmdlet, "Debug", "DebugPreference");
        return steps || requests ? new OperationLog(steps, requests) : null;
    }

    private static bool IsWanted(PSCmdlet cmdlet, string parameter, string variable) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var given) && given is SwitchParameter isOn
            ? isOn
            : LanguagePrimitives.TryConvertTo<ActionPreference>(cmdlet.GetVariableValue(variable), out var preference)
                && preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
