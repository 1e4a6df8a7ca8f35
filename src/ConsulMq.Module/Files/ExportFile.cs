using System.IO.Compression;
using System.Management.Automation;

namespace ConsulMq.Files;

/// <summary>The file of an export: gzip where its name ends in <c>.gz</c>. It has its name once it is whole, or it is not there.</summary>
internal sealed class ExportFile : IDisposable
{
    private readonly string _path;
    private readonly bool _overwrite;
    private readonly TemporaryFile _file;
    private readonly Stream _stream;

    /// <exception cref="FileFault">The file cannot be written.</exception>
    public ExportFile(string path, bool overwrite)
    {
        _path = path;
        _overwrite = overwrite;
        try
        {
            _file = new TemporaryFile(path, overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(e);
        }

        _stream = IsGzip(path) ? new GZipStream(_file.Stream, CompressionLevel.Optimal) : _file.Stream;
    }

    /// <summary>Where the lines go.</summary>
    public Stream Target => _stream;

    /// <summary>Whether a file of that name is compressed.</summary>
    public static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Says beforehand what would stand in the way of a file.</summary>
    /// <exception cref="FileFault">It cannot be written, or there is one of that name.</exception>
    public static void Check(string path, bool overwrite)
    {
        CheckAbsent(path, overwrite);
        if (Path.GetDirectoryName(path) is not { } parent || !Directory.Exists(parent))
            throw new FileFault("FileNotFound", ErrorCategory.ObjectNotFound, $"There is no directory for '{path}'.", path, action: "Create it first: New-Item -ItemType Directory.");
    }

    /// <summary>All is written: the file is made safe, and gets its name.</summary>
    /// <exception cref="FileFault">It cannot have it.</exception>
    public FileInfo Complete()
    {
        try
        {
            if (_stream is GZipStream)
            {
                // Its end is written when it is disposed of, and that disposes of the file as well.
                _stream.Dispose();
                using var file = new FileStream(_file.Path, FileMode.Open, FileAccess.Write, FileShare.Read);
                file.Flush(flushToDisk: true);
            }
            else
            {
                _file.Stream.Flush(flushToDisk: true);
                _file.Stream.Dispose();
            }

            CheckAbsent(_path, _overwrite);
            _file.Rename();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(e);
        }

        return new FileInfo(_path);
    }

    /// <summary>The fault behind an exception while it was written.</summary>
    public FileFault Fault(Exception e) => FileFault.Of(e, "The export cannot be written", _path);

    public void Dispose() => _file.Dispose();

    private static void CheckAbsent(string path, bool overwrite)
    {
        if (Directory.Exists(path))
            throw new FileFault("PathIsDirectory", ErrorCategory.ResourceExists, $"'{path}' is a directory.", path, action: $"Name a file: -Path '{Path.Combine(path, "queue.jsonl")}'.");
        if (!overwrite && File.Exists(path))
            throw new FileFault("FileExists", ErrorCategory.ResourceExists, $"The file '{path}' is there already, and stays as it is.", path, action: "Name another -Path, or replace it with -Force.");
    }
}
