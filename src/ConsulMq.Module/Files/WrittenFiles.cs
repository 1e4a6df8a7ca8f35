using System.Text;

namespace ConsulMq.Files;

/// <summary>The files that one command has written so far. Whether two names are one file is for the file system to say.</summary>
internal sealed class WrittenFiles
{
    private readonly HashSet<string> _exact = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers a file.</summary>
    public void Add(string path)
    {
        _exact.Add(path);
        _folded.Add(Folded(path));
    }

    /// <summary>Whether what is there under this name was written before.</summary>
    public bool Contains(string path) => _exact.Contains(path)
        || (_folded.Contains(Folded(path)) && File.Exists(path) && !IsListed(path));

    /// <summary>Whether the directory has exactly this name, and not one that the file system takes for the same.</summary>
    private static bool IsListed(string path) => Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Any(file => Path.GetFileName(file) == Path.GetFileName(path));

    /// <summary>Some file systems ignore the case, and some how an accent is written.</summary>
    private static string Folded(string path) => MessageBody.IsWellFormed(path) ? path.Normalize(NormalizationForm.FormC) : path;
}
