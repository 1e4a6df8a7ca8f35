using System.IO.Compression;
using System.Management.Automation;

namespace ConsulMq.Files;

/// <summary>A file to import: gzip where its name ends in <c>.gz</c>.</summary>
internal sealed class ImportFile : IDisposable
{
    private readonly string _path;
    private readonly Stream _file;

    /// <exception cref="FileFault">It cannot be read, or is not what its name says.</exception>
    public ImportFile(string path)
    {
        _path = path;
        if (Directory.Exists(path))
            throw new FileFault("PathIsDirectory", ErrorCategory.InvalidArgument, $"'{path}' is a directory.", path, action: $"Name files: -Path '{Path.Combine(path, "*.jsonl*")}'.");
        try
        {
            _file = InputFile.Open(path);
            Length = _file.Length;
            // An empty file is an empty import.
            Lines = ExportFile.IsGzip(path) && Length > 0 ? Unpack() : _file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw Fault(e);
        }
    }

    /// <summary>What it holds.</summary>
    public Stream Lines { get; }

    /// <summary>How long it is, in bytes.</summary>
    public long Length { get; }

    /// <summary>How much of it was read, in bytes.</summary>
    public long Position => _file.Position;

    /// <summary>The fault behind an exception while it was read.</summary>
    public FileFault Fault(Exception e) => FileFault.Of(e, "The file cannot be read", _path);

    public void Dispose()
    {
        Lines?.Dispose();
        _file.Dispose();
    }

    private GZipStream Unpack()
    {
        if (_file.ReadByte() != 0x1F || _file.ReadByte() != 0x8B)
        {
            _file.Dispose();
            throw new FileFault("NotGzip", ErrorCategory.InvalidData, $"'{_path}' is not gzip, though its name ends in .gz, and nothing was imported.", _path, action: "Rename it if it holds plain lines.");
        }

        _file.Position = 0;
        return new GZipStream(_file, CompressionMode.Decompress);
    }
}
