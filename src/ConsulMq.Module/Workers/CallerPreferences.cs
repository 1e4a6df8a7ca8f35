using System.Management.Automation;

namespace ConsulMq.Workers;

/// <summary>What the caller of a cmdlet has said of warnings, errors and the like, by parameter or variable: it holds in script blocks that the cmdlet runs, too.</summary>
internal static class CallerPreferences
{
    private static readonly (string Parameter, string Variable)[] Names =
    [
        ("ErrorAction", "ErrorActionPreference"),
        ("WarningAction", "WarningPreference"),
        ("InformationAction", "InformationPreference"),
        ("Verbose", "VerbosePreference"),
        ("Debug", "DebugPreference"),
    ];

    /// <summary>The variables to set.</summary>
    public static IReadOnlyDictionary<string, object> Of(PSCmdlet cmdlet)
    {
        var variables = new Dictionary<string, object>();
        foreach (var (parameter, variable) in Names)
            variables[variable] = Preference(cmdlet, parameter, variable);
        // Where errors are silent PowerShell passes over a throw and goes on behind it. A job that failed so would be completed.
        if (ErrorAction(cmdlet) != ActionPreference.Stop)
            variables["ErrorActionPreference"] = ActionPreference.Continue;
        return variables;
    }

    /// <summary>What is to happen at an error.</summary>
    public static ActionPreference ErrorAction(PSCmdlet cmdlet) => Preference(cmdlet, "ErrorAction", "ErrorActionPreference");

    private static ActionPreference Preference(PSCmdlet cmdlet, string parameter, string variable) =>
        (cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var bound) ? bound : cmdlet.GetVariableValue(variable)) switch
        {
            SwitchParameter flag => flag ? ActionPreference.Continue : ActionPreference.SilentlyContinue,
            var value => Preference(value),
        };

    private static ActionPreference Preference(object? value) =>
        LanguagePrimitives.TryConvertTo<ActionPreference>(value, out var preference) && preference is ActionPreference.Stop or ActionPreference.SilentlyContinue or ActionPreference.Ignore
            ? preference
            // Nobody can be asked in the background.
            : ActionPreference.Continue;
}
