using System.Text;

namespace ConsulMq.Consul.Http;

/// <summary>Puts a key into the path of a request.</summary>
internal static class KeyPath
{
    /// <summary>
    /// Percent-encodes each segment and keeps the slashes. Null if the key cannot travel in a path: Consul's router cleans paths (empty segments,
    /// <c>.</c>, <c>..</c>, a leading slash) with a redirect to another key, and answers control characters with 400.
    /// </summary>
    /// <param name="key">The key, or a prefix.</param>
    public static string? Encode(string key)
    {
        if (key.Length == 0)
            return "";
        var path = new StringBuilder(key.Length + 16);
        for (var start = 0; start <= key.Length;)
        {
            var end = key.IndexOf('/', start);
            var last = end < 0;
            if (last)
                end = key.Length;
            var segment = key.Substring(start, end - start);
            if (segment is "." or ".." || (segment.Length == 0 && !last) || !IsClean(segment))
                return null;
            path.Append(Uri.EscapeDataString(segment));
            if (last)
                break;
            path.Append('/');
            start = end + 1;
        }
        return path.ToString();
    }

    private static bool IsClean(string segment)
    {
        for (var i = 0; i < segment.Length; i++)
        {
            if (char.IsControl(segment[i]))
                return false;
            if (!char.IsSurrogate(segment[i]))
                continue;
            // Half a character would silently become another one.
            if (i + 1 >= segment.Length || !char.IsSurrogatePair(segment[i], segment[i + 1]))
                return false;
            i++;
        }
        return true;
    }
}
