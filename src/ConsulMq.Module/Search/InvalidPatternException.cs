using System.Management.Automation;

namespace ConsulMq.Search;

/// <summary>A pattern cannot be read.</summary>
/// <param name="parameter">The parameter that it was given for.</param>
/// <param name="pattern">The pattern.</param>
/// <param name="kind">What it was to be.</param>
/// <param name="action">What to do.</param>
/// <param name="inner">Why it cannot be read.</param>
internal sealed class InvalidPatternException(string parameter, string pattern, string kind, string action, Exception inner)
    : Exception($"-{parameter} '{Format.OneLine(pattern)}' is not {kind}: {inner.Message.TrimEnd('.', ' ')}.", inner)
{
    public ErrorRecord ToRecord() => ErrorRecords.Of("InvalidPattern", ErrorCategory.InvalidArgument, Message, pattern, InnerException, action);

    /// <summary>A pattern with wildcards, whatever the case.</summary>
    /// <exception cref="InvalidPatternException">It is none: a bracket is not closed.</exception>
    public static WildcardPattern Wildcard(string parameter, string pattern, WildcardOptions options = WildcardOptions.IgnoreCase)
    {
        try
        {
            var wildcard = WildcardPattern.Get(pattern, options | WildcardOptions.CultureInvariant);
            // It is read only when it is used.
            _ = wildcard.IsMatch("");
            return wildcard;
        }
        catch (WildcardPatternException e)
        {
            throw new InvalidPatternException(parameter, pattern, "a pattern with wildcards", "Close the bracket, or write `[ for one that is meant itself: '*`[draft*'.", e);
        }
    }
}
