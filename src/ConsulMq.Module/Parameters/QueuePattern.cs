using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>A queue's name, or a pattern with wildcards for several. A queue whose name has brackets in it matches itself, written as it is.</summary>
/// <param name="pattern">What the user gave.</param>
internal sealed class QueuePattern(string pattern)
{
    private readonly WildcardPattern? _wildcard = Parse(pattern);

    /// <summary>Whether it may be several.</summary>
    public bool IsWildcard => _wildcard is not null;

    /// <summary>Whether a queue of this name is meant.</summary>
    public bool IsMatch(string name) => name == pattern || _wildcard?.IsMatch(name) == true;

    /// <summary>A bracket that is not closed is a bracket.</summary>
    private static WildcardPattern? Parse(string pattern)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(pattern))
            return null;
        try
        {
            var wildcard = WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            _ = wildcard.IsMatch("");
            return wildcard;
        }
        catch (WildcardPatternException)
        {
            return null;
        }
    }
}
