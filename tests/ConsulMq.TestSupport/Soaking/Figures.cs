namespace ConsulMq.TestSupport.Soaking;

/// <summary>
/// What the tests measured, for <c>docs/reliability.md</c>: one file a section in <c>out/figures</c>, one line a figure, <c>NAME TAB VALUE</c>, in the order
/// in which they were first written. <c>./build.sh soak</c> prints them in the end.
/// </summary>
/// <param name="section">The name of the section, and of its file. One test project writes it.</param>
public sealed class Figures(string section)
{
    private static readonly Lock Writing = new();

    private static readonly Dictionary<string, List<(string Name, string Value)>> Sections = [];

    /// <summary>The folder of the files.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "out", "figures");

    /// <summary>Writes a figure, with its unit, over an earlier one of the same name.</summary>
    public void Write(string name, string value)
    {
        lock (Writing)
        {
            if (!Sections.TryGetValue(section, out var figures))
                Sections[section] = figures = [];
            var at = figures.FindIndex(f => f.Name == name);
            if (at < 0)
                figures.Add((name, value));
            else
                figures[at] = (name, value);
            Directory.CreateDirectory(Folder);
            File.WriteAllLines(Path.Combine(Folder, section + ".txt"), figures.Select(static f => $"{f.Name}\t{f.Value}"));
        }
    }

    /// <inheritdoc cref="Write(string, string)" />
    public void Write(string name, FormattableString value) => Write(name, FormattableString.Invariant(value));
}
