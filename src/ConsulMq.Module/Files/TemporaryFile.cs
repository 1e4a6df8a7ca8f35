namespace ConsulMq.Files;

/// <summary>
/// A file that is written under another name beside its own, and gets its own once it is whole. So a file of that name is always whole, and whoever looks
/// into the directory meanwhile sees by the name what it is. Deleted when it is disposed of, unless it was renamed or kept.
/// </summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly string _target;
    private readonly bool _overwrite;
    private bool _isKept;

    /// <param name="target">Its own name.</param>
    /// <param name="overwrite">Whether a file that has this name is replaced.</param>
    public TemporaryFile(string target, bool overwrite)
    {
        _target = target;
        _overwrite = overwrite;
        Path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(target)!, $".consulmq-{Guid.NewGuid():n}.tmp");
        Stream = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 4096, FileOptions.Asynchronous);
    }

    /// <summary>Where it is now.</summary>
    public string Path { get; private set; }

    public FileStream Stream { get; }

    /// <summary>It stays, whatever it is called.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Gives it its own name.</summary>
    public void Rename()
    {
#if NET
        File.Move(Path, _target, _overwrite);
#else
        if (_overwrite && File.Exists(_target))
            File.Replace(Path, _target, null);
        else
            File.Move(Path, _target);
#endif
        Path = _target;
        _isKept = true;
    }

    /// <summary>Deletes it, under whatever name.</summary>
    public void Delete()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its name says what it is.
        }
    }

    public void Dispose()
    {
        if (_isKept)
            return;
        Stream.Dispose();
        Delete();
    }
}
