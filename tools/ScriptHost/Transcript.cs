using System.Text;

namespace ConsulMq.ScriptHost;

/// <summary>
/// Keeps what a process writes to its output in a file as well: in the folder that <c>CONSULMQ_TRANSCRIPTS</c> names, the first megabyte of it. So the build can
/// look through the output of all processes that tests start.
/// </summary>
internal sealed class Transcript : TextWriter
{
    private const int Most = 1024 * 1024;

    private readonly TextWriter _console;
    private readonly TextWriter _file;
    private int _left = Most;

    private Transcript(TextWriter console, TextWriter file) => (_console, _file) = (console, file);

    public override Encoding Encoding => _console.Encoding;

    /// <summary>Begins to keep the output of this process, if that is asked for.</summary>
    public static void Begin()
    {
        if (Environment.GetEnvironmentVariable("CONSULMQ_TRANSCRIPTS") is not { Length: > 0 } folder)
            return;
        Directory.CreateDirectory(folder);
        // What is written is there at once: tests kill processes.
        var file = TextWriter.Synchronized(new StreamWriter(Path.Combine(folder, $"{Environment.ProcessId}-{Guid.NewGuid():N}.txt")) { AutoFlush = true });
        Console.SetOut(Synchronized(new Transcript(Console.Out, file)));
        Console.SetError(Synchronized(new Transcript(Console.Error, file)));
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        _console.Write(buffer);
        if (_left <= 0)
            return;
        _left -= buffer.Length;
        _file.Write(buffer);
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Flush() => _console.Flush();
}
