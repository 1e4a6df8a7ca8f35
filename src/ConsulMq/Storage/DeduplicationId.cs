using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConsulMq.Storage;

/// <summary>How an ID under which something is pushed once stands in a key: as it is where URLs and people can read it, else as a hash.</summary>
internal static class DeduplicationId
{
    /// <summary>The longest ID, in UTF-16 characters.</summary>
    public const int MaxLength = 256;

    private const int LongestReadable = 128;

    /// <summary>The last part of the key.</summary>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidSetting"/></exception>
    public static string ToKey(string id)
    {
        if (id.Length is < 1 or > MaxLength)
        {
            throw new ConsulMqException(ConsulMqError.InvalidSetting,
                $"A deduplication ID has 1 to {MaxLength} characters, and this one has {id.Length}.", id)
            {
                RecommendedAction = id.Length == 0 ? "Name one, or leave -DeduplicationId out." : "Take a shorter one, or a hash of it.",
            };
        }

        return IsReadable(id) ? id : "~" + Hash(id);
    }

    private static bool IsReadable(string id)
    {
        foreach (var c in id)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '.' or '_' or '-'))
                return false;
        }

        return id.Length <= LongestReadable && id is not ("." or "..");
    }

    private static string Hash(string id)
    {
        // Half a surrogate pair has no UTF-8, and two different IDs must not become one.
        var bytes = MessageBody.IsWellFormed(id) ? Encoding.UTF8.GetBytes(id) : MessageBody.ToUtf16(id);
        using var sha = SHA256.Create();
        return string.Concat(sha.ComputeHash(bytes).Select(static b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
