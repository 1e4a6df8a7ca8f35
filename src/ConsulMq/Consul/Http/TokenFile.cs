namespace ConsulMq.Consul.Http;

/// <summary>Reads a token from a file. What stands in it is in no error.</summary>
internal static class TokenFile
{
    /// <summary>More is no token.</summary>
    private const int MostBytes = 4096;

    /// <summary>The token, without blanks around it; empty: there is none in the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="origin">What named it, for errors.</param>
    /// <exception cref="ArgumentException">It cannot be read, or is no token's.</exception>
    public static string Read(string file, string origin)
    {
        try
        {
            if (Directory.Exists(file))
                throw new ArgumentException($"The token file '{file}' of {origin} is a directory. Name the file.");
            using var stream = File.OpenRead(file);
            // A device or a pipe has no length: as much as a token can have is read, and one byte more.
            var bytes = new byte[MostBytes + 1];
            var count = 0;
            for (int read; count < bytes.Length && (read = stream.Read(bytes, count, bytes.Length - count)) > 0;)
                count += read;
            return count > MostBytes
                ? throw new ArgumentException($"The token file '{file}' of {origin} has more than {MostBytes} bytes, so it holds no token alone.")
                : System.Text.Encoding.UTF8.GetString(bytes, 0, count).Trim('\uFEFF', ' ', '\t', '\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ArgumentException($"The token file '{file}' of {origin} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether others than its owner can read or change a file. Windows has no such mode.</summary>
    public static bool IsOpenToOthers(string file)
    {
#if NET
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
#else
        return false;
#endif
    }
}
