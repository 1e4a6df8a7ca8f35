using System.Management.Automation;
using ConsulMq.Commands;

namespace ConsulMq.Files;

/// <summary>
/// Shows how much of a file is through while the pipeline thread waits for that. Files below a megabyte, or through in a moment, are not shown.
/// </summary>
/// <param name="cmdlet">Whose bar it is.</param>
/// <param name="doing">What is done with the files: the bar's title is that and the file's name.</param>
internal sealed class FileProgress(Cmdlet cmdlet, string doing)
{
    /// <summary>How often to look.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private const long Least = 1024 * 1024;

    private volatile Moving? _moving;
    private ProgressBar? _bar;

    /// <summary>Follows a stream from now on, in place of the last one. For any thread.</summary>
    /// <param name="stream">A stream that says where it is.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="length">How many bytes go through.</param>
    /// <returns>The stream.</returns>
    public Stream Follow(Stream stream, string name, long length)
    {
        if (length >= Least)
            _moving = new Moving(stream, name, length);
        return stream;
    }

    /// <summary>Draws how far it is. For the pipeline thread.</summary>
    public void Report()
    {
        if (_moving is not { } moving)
            return;
        long done;
        try
        {
            done = moving.Stream.Position;
        }
        catch (ObjectDisposedException)
        {
            // It is through.
            return;
        }

        _bar ??= new ProgressBar(cmdlet, "", id: 1);
        _bar.GoOn($"{doing} '{Format.OneLine(moving.Name, 60)}'");
        _bar.Report(done, moving.Length, $"{Format.Size(done)} of {Format.Size(moving.Length)}");
    }

    /// <summary>Takes the bar away. For the pipeline thread.</summary>
    public void End()
    {
        _bar?.Dispose();
        _bar = null;
    }

    private sealed record Moving(Stream Stream, string Name, long Length);
}
