using System.Globalization;
using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>
/// What a key or prefix must be to be named in a URL, as it is in every request but a transaction: Consul answers 400 to characters that
/// cannot be printed (control and format characters, every space but the ASCII one, private use, unassigned), and redirects to another key where there are
/// empty or dotted segments.
/// </summary>
internal static class UrlRules
{
    public static string RequireKey(string key) => key.Length > 0 ? RequireName(key) : throw Rejected("Consul needs a key.");

    public static string RequireName(string name)
    {
        for (var i = 0; i < name.Length; i += char.IsSurrogatePair(name, i) ? 2 : 1)
            if (!IsPrintable(name, i))
                throw Rejected($"Consul takes no U+{char.ConvertToUtf32(name, i):X4} in a URL.");
        if (IsRedirected(name))
            throw Rejected("Consul takes no empty or dotted segment in a URL.");
        return name;
    }

    private static bool IsPrintable(string name, int at) => name[at] == ' ' || (CharUnicodeInfo.GetUnicodeCategory(name, at) is
        not UnicodeCategory.SpaceSeparator and not UnicodeCategory.LineSeparator and not UnicodeCategory.ParagraphSeparator
        and not UnicodeCategory.Control and not UnicodeCategory.Format and not UnicodeCategory.Surrogate
        and not UnicodeCategory.PrivateUse and not UnicodeCategory.OtherNotAssigned);

    private static bool IsRedirected(string name)
    {
        var start = 0;
        while (start < name.Length)
        {
            var end = name.IndexOf('/', start);
            if (end < 0)
                end = name.Length;
            var length = end - start;
            if (length == 0 || (length == 1 && name[start] == '.') || (length == 2 && name[start] == '.' && name[start + 1] == '.'))
                return true;
            start = end + 1;
        }
        return false;
    }

    private static ConsulException Rejected(string message) => new(ConsulFault.Rejected, Identity.Address, false, message);
}
