using System.Globalization;
using System.Text;

namespace ConsulMq.Storage;

/// <summary>The rules for a queue's name: it is one segment of a key, and people read it in Consul's UI.</summary>
public static class QueueName
{
    /// <summary>The longest name, in UTF-16 characters.</summary>
    public const int MaxLength = 128;

    /// <summary>What a queue's name has behind it to name the queue of its dead letters.</summary>
    public const string DeadLetterSuffix = ".dead";

    /// <summary>What a name has to be, in one sentence for an error.</summary>
    public const string Rule = "A queue name has 1 to 128 printable characters, no '/', no blank at its ends, and is not '.' or '..'.";

    /// <summary>Returns the name if it is valid.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidQueueName"/></exception>
    public static string Validate(string? name) => Problem(name) is { } problem
        ? throw new ConsulMqException(ConsulMqError.InvalidQueueName, $"'{Printable(name)}' cannot name a queue: {problem}.", Printable(name))
        {
            RecommendedAction = Rule,
        }
        : name!;

    /// <summary>Whether a queue can have this name.</summary>
    public static bool IsValid(string? name) => Problem(name) is null;

    private static string? Problem(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return "it is empty";
        // The dead letters of a queue with the longest name need a name too.
        if (name!.Length > MaxLength && !(name.Length <= MaxLength + DeadLetterSuffix.Length && name.EndsWith(DeadLetterSuffix, StringComparison.Ordinal)))
            return $"it has {name.Length} characters";
        // Consul's HTTP server cleans dot segments out of a path: such a key would land outside the prefix.
        if (name is "." or "..")
            return "HTTP paths give it a meaning of its own";
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[name.Length - 1]))
            return "it begins or ends with a blank";
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c == '/')
                return "it holds a '/', which separates the parts of a key";
            // Consul answers 400 to a URL with what Go's unicode.IsPrint refuses; control characters and half surrogate pairs are among it.
            var category = CharUnicodeInfo.GetUnicodeCategory(name, i);
            if (c != ' ' && (category >= UnicodeCategory.SpaceSeparator && category <= UnicodeCategory.PrivateUse || category == UnicodeCategory.OtherNotAssigned))
                return $"it holds the character U+{(int)c:X4}, which cannot be printed";
            if (char.IsSurrogatePair(name, i))
                i++;
        }

        return null;
    }

    /// <summary>The start of what is to be a name, for an error: on one line.</summary>
    internal static string Printable(string? name)
    {
        var text = new StringBuilder();
        foreach (var c in name ?? "")
        {
            if (text.Length >= 60)
                return text.Append('…').ToString();
            text.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        }

        return text.ToString();
    }
}
