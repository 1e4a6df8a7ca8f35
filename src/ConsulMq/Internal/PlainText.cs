namespace ConsulMq.Internal;

/// <summary>Names for people that go into IDs.</summary>
internal static class PlainText
{
    /// <summary>ASCII letters, digits, dots and dashes as they are, and a dash for every other character.</summary>
    public static string Of(string text) => new([.. text.Select(static c => char.IsLetterOrDigit(c) && c < 128 || c is '-' or '.' ? c : '-')]);
}
