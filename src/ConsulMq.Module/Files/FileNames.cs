namespace ConsulMq.Files;

/// <summary>The names of files that travel with messages.</summary>
internal static class FileNames
{
    /// <summary>The header that says what the file was called.</summary>
    public const string Header = "consulmq-file-name";

    private const int Longest = 200;

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. Enumerable.Range(0, 10).SelectMany(static n => new[] { $"COM{n}", $"LPT{n}" })], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What a file is to be called that a message brings: its name where it came from, if that is a plain name on any system, or else the message's ID.
    /// Whoever can push may write anything into the header, so nothing in it may lead out of the directory, hide the file, or name a device.
    /// </summary>
    public static string Of(QueueObject item) => item.Headers.TryGetValue(Header, out var name) && IsPlain(name) ? name : item.Id.ToString();

    private static bool IsPlain(string name)
    {
        if (name.Length is 0 or > Longest || name[0] is '.' or ' ' or '-' || name[name.Length - 1] is '.' or ' ')
            return false;
        foreach (var c in name)
        {
            // Bidirectional marks could show another extension than the real one.
            if (c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' || char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
                return false;
        }

        var dot = name.IndexOf('.');
        return !Devices.Contains((dot < 0 ? name : name.Substring(0, dot)).TrimEnd(' '));
    }
}
