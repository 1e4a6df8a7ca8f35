namespace ConsulMq.TestSupport;

/// <summary>
/// The secrets that the tests use: tokens, passwords. All are made or named here, and written to <c>out/test-secrets</c>. In the end the build searches
/// everything that the tests have written for them.
/// </summary>
public static class Secrets
{
    private static readonly Lock Writing = new();

    /// <summary>Where they are written, one a line, a file for each process.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "out", "test-secrets");

    /// <summary>A new one, in the form of Consul's tokens.</summary>
    public static string New() => Add(Guid.NewGuid().ToString());

    /// <summary>Names one: at least eight characters, so that it is not found by chance.</summary>
    public static string Add(string secret)
    {
        if (secret.Length < 8 || secret.Contains('\n'))
            throw new ArgumentException("A secret has eight characters or more, on one line.", nameof(secret));
        lock (Writing)
        {
            Directory.CreateDirectory(Folder);
            File.AppendAllText(Path.Combine(Folder, $"{Environment.ProcessId}.txt"), secret + "\n");
        }

        return secret;
    }
}
