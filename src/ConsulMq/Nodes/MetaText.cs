using System.Text;

namespace ConsulMq.Nodes;

/// <summary>Texts for the metadata of a service.</summary>
internal static class MetaText
{
    /// <summary>The most bytes of UTF-8 that Consul takes as a value.</summary>
    private const int MostBytes = 512;

    /// <summary>The text, or as much of it as Consul takes; characters are not cut in two.</summary>
    public static string Clip(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= MostBytes)
            return text;
        var bytes = 0;
        var end = 0;
        while (end < text.Length)
        {
            var length = char.IsHighSurrogate(text[end]) && end + 1 < text.Length && char.IsLowSurrogate(text[end + 1]) ? 2 : 1;
            bytes += Encoding.UTF8.GetByteCount(text.ToCharArray(end, length));
            if (bytes > MostBytes)
                break;
            end += length;
        }

        return text.Substring(0, end);
    }
}
