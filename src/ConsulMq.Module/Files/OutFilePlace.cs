using ConsulMq.Queueing;

namespace ConsulMq.Files;

/// <summary>
/// One body on its way into a file: written to a temporary one beside it, and renamed once the message is taken. So a file of that name is always whole,
/// and whoever looks into the directory meanwhile sees by the name what it is.
/// </summary>
internal sealed class OutFilePlace : IBodyPlace
{
    private readonly string _target;
    private readonly bool _overwrite;
    private readonly FileStream _stream;
    private string _path;
    private bool _isAccepted;

    public OutFilePlace(string target, bool overwrite)
    {
        _target = target;
        _overwrite = overwrite;
        _path = Path.Combine(Path.GetDirectoryName(target)!, $".consulmq-{Guid.NewGuid():n}.tmp");
        _stream = new FileStream(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 4096, FileOptions.Asynchronous);
    }

    /// <summary>Why the file does not have its name, though the message was taken; null: it has.</summary>
    public FileFault? Fault { get; private set; }

    public Stream Target => _stream;

    public void Complete() => _stream.Dispose();

    public object Accept()
    {
        _isAccepted = true;
        try
        {
            Rename();
            _path = _target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The message is gone, and this is all that is left of it.
            Fault = new FileFault("FileNotRenamed", System.Management.Automation.ErrorCategory.WriteError,
                $"The message was taken, and its body is in '{_path}': it cannot be renamed to '{_target}'. {e.Message}", _path, e);
        }

        return new FileInfo(_path);
    }

    public Stream OpenRead() => InputFile.Open(_path);

    public void Withdraw() => Delete();

    public void Dispose()
    {
        if (_isAccepted)
            return;
        _stream.Dispose();
        Delete();
    }

    private void Rename()
    {
#if NET
        File.Move(_path, _target, _overwrite);
#else
        if (_overwrite && File.Exists(_target))
            File.Replace(_path, _target, null);
        else
            File.Move(_path, _target);
#endif
    }

    private void Delete()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its name says what it is.
        }
    }
}
