using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace ConsulMq.Consul.Http;

/// <summary>Reads certificates from files.</summary>
internal static class CertificateFiles
{
    /// <summary>The authorities that options name; empty if they name none.</summary>
    /// <exception cref="ArgumentException">A file cannot be read.</exception>
    public static X509Certificate2Collection Authorities(ConsulOptions options)
    {
        var all = new X509Certificate2Collection();
        if (!string.IsNullOrEmpty(options.CaFile))
        {
            Add(all, options.CaFile!);
        }
        else if (!string.IsNullOrEmpty(options.CaPath))
        {
            if (!Directory.Exists(options.CaPath))
                throw new ArgumentException($"The directory of authorities '{options.CaPath}' does not exist.");
            foreach (var file in Directory.GetFiles(options.CaPath!))
                Add(all, file);
        }
        return all;
    }

    /// <summary>Whether a file is PFX, by its name.</summary>
    public static bool IsPfx(string file) => file.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".p12", StringComparison.OrdinalIgnoreCase);

    /// <summary>Runs <paramref name="load"/>, and says which file it was if that fails.</summary>
    public static T Load<T>(string file, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            throw new ArgumentException($"The certificate file '{file}' cannot be read: {e.Message}", e);
        }
    }

    private static void Add(X509Certificate2Collection all, string file)
    {
        var before = all.Count;
        var text = Load(file, () => File.ReadAllText(file));
        foreach (Match match in Regex.Matches(text, "-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", RegexOptions.Singleline))
            all.Add(Load(file, () => new X509Certificate2(Convert.FromBase64String(match.Groups[1].Value))));
        if (all.Count == before)
            throw new ArgumentException($"The certificate file '{file}' holds no PEM certificate.");
    }
}
