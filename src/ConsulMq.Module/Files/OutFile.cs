using System.Management.Automation;
using ConsulMq.Queueing;

namespace ConsulMq.Files;

/// <summary>Where popped bodies are written: a file, or a directory that gets one for each message.</summary>
/// <param name="path">The full path.</param>
/// <param name="overwrite">Whether a file that is there is replaced: one that was there before, never one that got a body here.</param>
/// <param name="progress">Told of each file that is begun.</param>
internal sealed class OutFile(string path, bool overwrite, FileProgress progress) : IBodyDestination
{
    private readonly WrittenFiles _written = new();

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory { get; } = Directory.Exists(path);

    /// <summary>The place of the last body.</summary>
    public OutFilePlace? Last { get; private set; }

    /// <summary>Says beforehand what would stand in the way of any message.</summary>
    /// <exception cref="FileFault">Nothing can be written there.</exception>
    public void Check()
    {
        if (IsDirectory)
            return;
        if (path.Length > 0 && (path[path.Length - 1] == Path.DirectorySeparatorChar || path[path.Length - 1] == Path.AltDirectorySeparatorChar)
            || Path.GetDirectoryName(path) is not { } parent || !Directory.Exists(parent))
        {
            throw new FileFault("FileNotFound", ErrorCategory.ObjectNotFound, $"There is no directory for '{path}', and nothing was taken.", path, action: "Create it first: New-Item -ItemType Directory.");
        }

        CheckAbsent(path);
    }

    public IBodyPlace Open(QueueObject message)
    {
        var target = IsDirectory ? Path.Combine(path, FileNames.Of(message)) : path;
        CheckAbsent(target);
        try
        {
            Last = new OutFilePlace(target, overwrite, _written);
            progress.Follow(Last.Target, Path.GetFileName(target), message.Message.Blob?.Size ?? message.Size);
            return Last;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Of(e, $"The file '{target}' cannot be written, and nothing was taken", target);
        }
    }

    private void CheckAbsent(string target)
    {
        if (Directory.Exists(target))
            throw new FileFault("PathIsDirectory", ErrorCategory.ResourceExists, $"'{target}' is a directory, and nothing was taken.", target, action: "Name another -OutFile.");
        if (_written.Contains(target))
            throw new FileFault("FileExists", ErrorCategory.ResourceExists, $"This command has just written another message's body to '{target}', which stays, and nothing more was taken.", target, action: "Move or rename that file, or name another -OutFile, and take the rest.");
        if (!overwrite && File.Exists(target))
            throw new FileFault("FileExists", ErrorCategory.ResourceExists, $"The file '{target}' is there already, and nothing was taken.", target, action: "Name another -OutFile, or replace it with -Force.");
    }
}
