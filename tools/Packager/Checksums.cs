using System.Security.Cryptography;
using System.Text;

namespace ConsulMq.Packager;

/// <summary>The file that <c>sha256sum -c</c> reads.</summary>
internal static class Checksums
{
    public const string FileName = "SHA256SUMS";

    /// <summary>Writes the hashes of all files of a folder, in order of their paths.</summary>
    public static void Write(string folder)
    {
        var text = new StringBuilder();
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'));
        foreach (var name in files.Where(n => n != FileName).Order(StringComparer.Ordinal))
            text.Append(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name))))).Append("  ").Append(name).Append('\n');
        File.WriteAllText(Path.Combine(folder, FileName), text.ToString());
    }
}
