using System.Text;

namespace ConsulMq.TestSupport;

/// <summary>What tests keep of the output of what they run, in <c>out/test-results</c>, which the build searches for <see cref="Secrets"/>.</summary>
public static class TestOutput
{
    /// <summary>As much is kept of one piece of output.</summary>
    public const int MostOfOne = 128 * 1024;

    /// <summary>As much is kept of one process's.</summary>
    private const long MostOfAll = 64L * 1024 * 1024;

    /// <summary>Tests write halves of surrogate pairs too.</summary>
    private static readonly UTF8Encoding Tolerant = new(false, false);

    private static readonly Lock Writing = new();

    private static long _written;

    /// <summary>The folder for what child processes write.</summary>
    public static string Transcripts { get; } = Path.Combine(Results, "transcripts");

    private static string Results => Path.Combine(Repository.Root, "out", "test-results");

    /// <summary>Keeps some output of this process.</summary>
    public static void Keep(string text)
    {
        var kept = text.Length > MostOfOne ? text[..MostOfOne] : text;
        lock (Writing)
        {
            if ((_written += kept.Length) > MostOfAll)
                return;
            var folder = Directory.CreateDirectory(Path.Combine(Results, "streams")).FullName;
            File.AppendAllText(Path.Combine(folder, $"{Environment.ProcessId}.txt"), kept + "\n", Tolerant);
        }
    }
}
