using System.Management.Automation.Host;
using System.Runtime.InteropServices;
using System.Text;

namespace ConsulMq.Watching;

/// <summary>Lines on a terminal that are written again and again in the same place.</summary>
internal sealed class LiveTable : IDisposable
{
    private readonly PSHostUserInterface _ui;
    private readonly bool _hasSequences;
    private int _lines;
    private Size _size;
    private bool _hasKeys = true;

    private LiveTable(PSHostUserInterface ui)
    {
        _ui = ui;
        _hasSequences = ui.SupportsVirtualTerminal;
        if (_hasSequences)
            _ui.Write("\u001b[?25l");
    }

    /// <summary>Opens it, if this host is one that a person looks at and that can be written to in place; null: it is not.</summary>
    public static LiveTable? Open(PSHost host)
    {
        if (host.UI is not { } ui || Console.IsOutputRedirected)
            return null;
        // Outside Windows the cursor of a terminal that knows no sequences stays where it is.
        if (!ui.SupportsVirtualTerminal && !RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            return null;
        try
        {
            // A host without a screen throws, or has none.
            if (ui.RawUI.WindowSize is not { Width: > 0, Height: > 0 } || ui.RawUI.CursorPosition.X < 0)
                return null;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or NotSupportedException or IOException or NullReferenceException or InvalidOperationException)
        {
            return null;
        }

        return new LiveTable(ui);
    }

    /// <summary>The size of the screen.</summary>
    public Size Size => _ui.RawUI.WindowSize;

    /// <summary>Writes the lines where the last ones are, or on an empty screen where its size is another one.</summary>
    /// <param name="lines">The lines, each no wider than the screen.</param>
    /// <param name="size">The size of the screen that they are made for.</param>
    public void Show(IReadOnlyList<string> lines, Size size)
    {
        var text = new StringBuilder();
        if (_hasSequences)
        {
            // Without it, a line that this terminal finds wider than we do would become two.
            text.Append("\u001b[?7l");
            // A terminal that breaks lines anew for another width leaves nobody knowing where they are.
            if (_lines > 0 && size != _size)
                text.Append("\u001b[2J\u001b[H");
            else if (_lines > 0)
                text.Append("\u001b[").Append(_lines).Append("A\r");
            foreach (var line in lines)
                text.Append(line).Append("\u001b[K\r\n");
            // Whatever was longer before.
            text.Append("\u001b[J\u001b[?7h");
        }
        else
        {
            if (_lines > 0)
                _ui.RawUI.CursorPosition = new Coordinates(0, Math.Max(_ui.RawUI.CursorPosition.Y - _lines, 0));
            for (var i = 0; i < Math.Max(lines.Count, _lines); i++)
                text.Append(Cells.Pad(i < lines.Count ? lines[i] : "", Math.Max(size.Width - 1, 1))).Append(Environment.NewLine);
        }

        _ui.Write(text.ToString());
        _size = size;
        _lines = _hasSequences ? lines.Count : Math.Max(lines.Count, _lines);
    }

    /// <summary>Whether the user has pressed q.</summary>
    public bool IsEndWanted()
    {
        try
        {
            while (_hasKeys && _ui.RawUI.KeyAvailable)
            {
                if (_ui.RawUI.ReadKey(ReadKeyOptions.NoEcho | ReadKeyOptions.IncludeKeyDown).Character is 'q' or 'Q')
                    return true;
            }
        }
        catch (Exception e) when (e is HostException or NotImplementedException or InvalidOperationException or IOException)
        {
            // The keyboard is not there, or somebody else's. Ctrl-C ends it all the same.
            _hasKeys = false;
        }

        return false;
    }

    /// <summary>Leaves what was written last.</summary>
    public void Dispose()
    {
        if (_hasSequences)
            _ui.Write("\u001b[?25h");
    }
}
