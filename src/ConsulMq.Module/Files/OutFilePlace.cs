using ConsulMq.Queueing;

namespace ConsulMq.Files;

/// <summary>One body on its way into a file, which gets its name once the message is taken.</summary>
/// <param name="target">The file.</param>
/// <param name="overwrite">Whether one that is there is replaced.</param>
/// <param name="written">Is told when it has its name.</param>
internal sealed class OutFilePlace(string target, bool overwrite, WrittenFiles written) : IBodyPlace
{
    private readonly TemporaryFile _file = new(target, overwrite);

    /// <summary>Why the file does not have its name, though the message was taken; null: it has.</summary>
    public FileFault? Fault { get; private set; }

    public Stream Target => _file.Stream;

    public void Complete() => _file.Stream.Dispose();

    public object Accept()
    {
        _file.Keep();
        try
        {
            _file.Rename();
            written.Add(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The message is gone, and this is all that is left of it.
            Fault = new FileFault("FileNotRenamed", System.Management.Automation.ErrorCategory.WriteError,
                $"The message was taken, and its body is in '{_file.Path}': it cannot be renamed to '{target}'. {e.Message}", _file.Path, e);
        }

        return new FileInfo(_file.Path);
    }

    public Stream OpenRead() => InputFile.Open(_file.Path);

    public void Withdraw() => _file.Delete();

    public void Dispose() => _file.Dispose();
}
