using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;

namespace ConsulMq.Search;

/// <summary>What a body is to be like: a pattern with wildcards for the whole of it, or a regular expression that matches somewhere in it.</summary>
internal sealed class BodyPattern
{
    /// <summary>How long a regular expression may take for one message.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1);

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Regex? _regex;
    private readonly WildcardPattern? _wildcard;

    /// <exception cref="InvalidPatternException">It is not a pattern, or not a regular expression.</exception>
    public BodyPattern(string pattern, bool isRegex, bool isCaseSensitive)
    {
        if (isRegex)
            _regex = Expression(pattern, RegexOptions.CultureInvariant | (isCaseSensitive ? RegexOptions.None : RegexOptions.IgnoreCase));
        else
            _wildcard = InvalidPatternException.Wildcard("Body", pattern, isCaseSensitive ? WildcardOptions.None : WildcardOptions.IgnoreCase);
    }

    /// <summary>Whether a message's body is like that. Bytes that are no text never are.</summary>
    /// <exception cref="BodyPatternTimeoutException">The expression takes too long.</exception>
    public bool IsMatch(QueueObject item)
    {
        if (TextOf(item.ReadContent()) is not { } text)
            return false;
        try
        {
            return _regex?.IsMatch(text) ?? _wildcard!.IsMatch(text);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new BodyPatternTimeoutException(item, e);
        }
    }

    private static Regex Expression(string pattern, RegexOptions options)
    {
        try
        {
            return new Regex(pattern, options, MostTime);
        }
        catch (ArgumentException e)
        {
            throw new InvalidPatternException("Body", pattern, "a regular expression", RecommendedActions.Of("InvalidPattern"), e);
        }
    }

    private static string? TextOf(MessageBody body)
    {
        if (body.Text is { } text)
            return text;
        try
        {
            return Strict.GetString(body.Bytes.ToArray());
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

/// <summary>A regular expression took too long for a message.</summary>
internal sealed class BodyPatternTimeoutException(QueueObject item, Exception inner) : Exception("The regular expression took too long.", inner)
{
    /// <summary>The message.</summary>
    public QueueObject Item { get; } = item;
}
