using System.Text;

namespace ConsulMq.Internal;

/// <summary>Text that does no harm.</summary>
internal static class PlainText
{
    /// <summary>For IDs: ASCII letters, digits, dots and dashes as they are, and a dash for every other character.</summary>
    public static string Of(string text) => new([.. text.Select(static c => char.IsLetterOrDigit(c) && c < 128 || c is '-' or '.' ? c : '-')]);

    /// <summary>
    /// For people: what could steer a terminal, or turn the direction of what follows, becomes U+FFFD. Lines stay lines. A text may quote a key, a line of a file
    /// or a header, in which others wrote what they liked.
    /// </summary>
    public static string Shown(string text)
    {
        var at = 0;
        while (at < text.Length && !IsHarmful(text[at]))
            at++;
        if (at == text.Length)
            return text;
        var shown = new StringBuilder(text, 0, at, text.Length);
        for (; at < text.Length; at++)
            shown.Append(IsHarmful(text[at]) ? '\ufffd' : text[at]);
        return shown.ToString();
    }

    private static bool IsHarmful(char c) => char.IsControl(c) ? c is not ('\n' or '\r' or '\t') : c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
