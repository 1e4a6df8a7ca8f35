using System.Text;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Hostile;

/// <summary>Something that reads what anybody may have written.</summary>
/// <param name="Name">Its name, and that of its folder in the corpus.</param>
/// <param name="Seeds">Good input.</param>
/// <param name="Read">Reads an input, and proves what must hold of what it made of it.</param>
/// <param name="Allows">Which exceptions it may throw.</param>
internal sealed record Target(string Name, string[] Seeds, Action<byte[]> Read, Func<Exception, bool> Allows)
{
    /// <summary>So many bytes of memory for each byte of input, besides <see cref="Base"/>.</summary>
    public int Factor { get; init; } = 100;

    /// <summary>So many bytes of memory whatever the input: the exception, its text and its trace among them.</summary>
    public int Base { get; init; } = 512 * 1024;

    /// <summary>The files of the corpus: inputs that once broke something, or nearly did.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            var folder = Path.Combine(Repository.Root, "tests", "ConsulMq.Tests", "Hostile", "Corpus", Name);
            return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)] : [];
        }
    }

    /// <summary>What damage starts from: the good input and the corpus.</summary>
    public IReadOnlyList<byte[]> Starts => [.. Seeds.Select(Encoding.UTF8.GetBytes), .. Files.Select(File.ReadAllBytes)];

    /// <inheritdoc />
    public override string ToString() => Name;
}
