using System.Collections.ObjectModel;
using System.Management.Automation;

namespace ConsulMq.Files;

/// <summary>Files whose content is pushed.</summary>
internal static class InputFile
{
    /// <summary>The files that a path names.</summary>
    /// <exception cref="FileFault">There are none, or they are not in the file system.</exception>
    public static Collection<string> Find(SessionState session, string path, bool isLiteral)
    {
        ProviderInfo provider;
        Collection<string> found;
        try
        {
            found = isLiteral
                ? [session.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)]
                : session.Path.GetResolvedProviderPathFromPSPath(path, out provider);
        }
        catch (Exception e) when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw new FileFault("FileNotFound", ErrorCategory.ObjectNotFound, $"There is no '{path}'.", path, e);
        }

        if (provider.Name != "FileSystem")
            throw new FileFault("NotAFileSystemPath", ErrorCategory.InvalidArgument, $"'{path}' is not in the file system.", path);
        return found.Count > 0 || isLiteral
            ? found
            : throw new FileFault("FileNotFound", ErrorCategory.ObjectNotFound, $"'{path}' matches no file.", path);
    }

    /// <summary>Opens a file to be read as it goes, by whoever pushes it.</summary>
    public static Stream Open(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 4096, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Makes sure that a file can be read, so that what is wrong with it is said before anything is sent.</summary>
    /// <exception cref="FileFault">It cannot.</exception>
    public static void Check(string path)
    {
        if (Directory.Exists(path))
            throw new FileFault("PathIsDirectory", ErrorCategory.InvalidArgument, $"'{path}' is a directory, and was not pushed.", path, action: $"Name files: -Path '{Path.Combine(path, "*")}'.");
        try
        {
            Open(path).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Of(e, "The file cannot be read, and was not pushed", path);
        }
    }
}
