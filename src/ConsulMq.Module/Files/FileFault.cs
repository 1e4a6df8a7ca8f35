using System.Management.Automation;

namespace ConsulMq.Files;

/// <summary>What is wrong with a file that a body comes from or goes to.</summary>
/// <param name="id">The stable ID of the error.</param>
/// <param name="category">Its category.</param>
/// <param name="message">What happened to which file, and why.</param>
/// <param name="path">The file.</param>
/// <param name="inner">What lies below, if anything.</param>
/// <param name="action">What to do about it; null: what is said of all errors of this kind.</param>
internal sealed class FileFault(string id, ErrorCategory category, string message, string path, Exception? inner = null, string? action = null) : Exception(message, inner)
{
    public ErrorRecord ToRecord() => ErrorRecords.Of(id, category, Message, path, InnerException, action);

    /// <summary>The fault behind an exception of the file system.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="what">What was tried: the beginning of a sentence.</param>
    /// <param name="path">The file.</param>
    public static FileFault Of(Exception error, string what, string path) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => new("FileNotFound", ErrorCategory.ObjectNotFound, $"{what}: there is no '{path}'.", path, error),
        UnauthorizedAccessException => new("FileAccessDenied", ErrorCategory.PermissionDenied, $"{what}: the access to '{path}' is denied.", path, error),
        _ => new("FileError", ErrorCategory.ReadError, $"{what}: {error.Message}", path, error),
    };
}
