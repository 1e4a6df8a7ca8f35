using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConsulMq.Parameters;

/// <summary>One of the values that an argument may have.</summary>
/// <param name="Value">The value, as it is.</param>
/// <param name="Tip">What to say of it; null: nothing.</param>
/// <param name="Label">What to show in a list; null: the value.</param>
/// <param name="IsCode">Whether the value is PowerShell, to be inserted without quotes.</param>
internal sealed record Suggestion(string Value, string? Tip = null, string? Label = null, bool IsCode = false);

/// <summary>Turns suggestions into what PowerShell completes with.</summary>
internal static class Suggestions
{
    /// <summary>
    /// Those that go on with the word that was typed, as the user would write them. Never null, so that PowerShell does not fall back to the names of files; and
    /// whatever goes wrong, a key press shows no error.
    /// </summary>
    /// <param name="word">The word, maybe in quotes; wildcards in it count.</param>
    /// <param name="values">Gives the suggestions.</param>
    public static IReadOnlyList<CompletionResult> For(string? word, Func<IEnumerable<Suggestion>> values)
    {
        var typed = Unquoted(word ?? "");
        var pattern = Pattern(typed);
        try
        {
            return
            [
                .. from one in values()
                   // What steers a terminal is not put on anybody's command line.
                   where Format.OneLine(one.Value, int.MaxValue) == one.Value
                   where pattern.IsMatch(one.Value) || (one.Label is not null && typed.Length > 0 && one.Label.IndexOf(typed, StringComparison.OrdinalIgnoreCase) >= 0)
                   select new CompletionResult(one.IsCode ? one.Value : Quote(one.Value), Shown(one.Label ?? one.Value), CompletionResultType.ParameterValue, Shown(one.Tip ?? one.Value)),
            ];
        }
#pragma warning disable CA1031 // Whatever goes wrong, a key press shows no error.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    /// <summary>The value as an argument: bare where PowerShell reads it as it is.</summary>
    internal static string Quote(string value) =>
        value.Length > 0 && value.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or '*' or '+') && IsBare(value)
            ? value
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";

    /// <summary>What begins with a digit would be a number to PowerShell, unless it cannot be one: an ID, an address, a time span such as <c>30s</c>.</summary>
    private static bool IsBare(string value) => value[0] is not ('-' or '.' or '+')
        && (!char.IsDigit(value[0]) || Guid.TryParse(value, out _) || System.Net.IPAddress.TryParse(value.Split(':')[0], out _) || HasUnit(value));

    /// <summary>Digits and a unit. PowerShell takes some of them for numbers, and keeps what was typed.</summary>
    private static bool HasUnit(string value) => char.IsLetter(value[value.Length - 1]) && value.TrimStart([.. "0123456789"]).All(char.IsLetter);

    private static string Unquoted(string word) => word.StartsWith("'", StringComparison.Ordinal) ? word.Trim('\'').Replace("''", "'") : word.Trim('"');

    private static WildcardPattern Pattern(string typed)
    {
        var literal = WildcardPattern.Get(WildcardPattern.Escape(typed) + "*", WildcardOptions.IgnoreCase);
        if (!WildcardPattern.ContainsWildcardCharacters(typed))
            return literal;
        try
        {
            var pattern = WildcardPattern.Get(typed + "*", WildcardOptions.IgnoreCase);
            _ = pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException)
        {
            // A bracket that is not closed.
            return literal;
        }
    }

    private static string Shown(string text) => text.Length == 0 ? " " : Format.OneLine(text);
}
