using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>A queue's name, or a pattern with wildcards for several. A queue whose name has brackets in it matches itself, written as it is.</summary>
/// <param name="pattern">What the user gave.</param>
internal sealed class QueuePattern(string pattern)
{
    private readonly WildcardPattern? _wildcard = WildcardPattern.ContainsWildcardCharacters(pattern)
        ? WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant)
        : null;

    /// <summary>Whether it may be several.</summary>
    public bool IsWildcard => _wildcard is not null;

    /// <summary>Whether a queue of this name is meant.</summary>
    public bool IsMatch(string name) => name == pattern || _wildcard?.IsMatch(name) == true;
}
