using System.Management.Automation;

namespace ConsulMq.ScriptHost;

/// <summary>Where text goes and how it looks: data to standard output, the rest to standard error, colours on a terminal only.</summary>
internal sealed class Display
{
    private const string Red = "\e[31;1m", Yellow = "\e[33;1m", Cyan = "\e[36;1m", Reset = "\e[0m";
    private const int DefaultWidth = 80;

    private static readonly bool NoColor = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private readonly Lock _lock = new();
    private bool _progressShown;

    public static bool ColoursOutput => !NoColor && !Console.IsOutputRedirected;

    private static bool ColoursError => !NoColor && !Console.IsErrorRedirected;

    public static int Width
    {
        get
        {
            if (Console.IsOutputRedirected)
                return DefaultWidth;
            try
            {
                // A terminal without a known size says 0.
                return Console.WindowWidth is > 0 and var width ? width : DefaultWidth;
            }
            catch (IOException)
            {
                return DefaultWidth;
            }
        }
    }

    public void Write(string text)
    {
        lock (_lock)
        {
            ClearProgress();
            Console.Out.Write(text);
        }
    }

    public void WriteError(ErrorRecord error) => WriteError(ErrorText.Of(error));

    public void WriteError(string text) => WriteLine(Red, text);

    public void WriteWarning(string text) => WriteLine(Yellow, "WARNING: " + text);

    public void WriteVerbose(string text) => WriteLine(Yellow, "VERBOSE: " + text);

    public void WriteDebug(string text) => WriteLine(Yellow, "DEBUG: " + text);

    /// <summary>One line that the next output overwrites; nothing where nobody looks on.</summary>
    public void WriteProgress(ProgressRecord record)
    {
        if (Console.IsErrorRedirected)
            return;
        lock (_lock)
        {
            ClearProgress();
            if (record.RecordType == ProgressRecordType.Completed)
                return;
            string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete} %" : "";
            string line = $"{record.Activity}: {record.StatusDescription}{percent}";
            line = line.Length < Width ? line : line[..(Width - 1)];
            Console.Error.Write(ColoursError ? Cyan + line + Reset : line);
            _progressShown = true;
        }
    }

    private void WriteLine(string colour, string text)
    {
        lock (_lock)
        {
            ClearProgress();
            Console.Error.WriteLine(ColoursError ? colour + text + Reset : text);
        }
    }

    private void ClearProgress()
    {
        if (!_progressShown)
            return;
        _progressShown = false;
        Console.Error.Write("\r" + new string(' ', Width - 1) + "\r");
    }
}
