using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ConsulMq.DevAgent;

/// <summary>
/// A Consul process that cannot outlive this one. On Windows a job object sees to that. Elsewhere a shell stands between, whose input is a pipe from
/// here: when this process ends, however it ends, the shell's <c>read</c> returns, and it kills Consul.
/// </summary>
internal sealed class AgentProcess
{
    /// <summary>
    /// A session of its own, where the system can make one: Ctrl-C at the terminal is for PowerShell alone. The watcher reads from descriptor 3, for a
    /// shell gives its background jobs an empty input.
    /// </summary>
    private const string Supervisor = """
        if [ "$1" = new ]; then
            shift
            if command -v setsid >/dev/null 2>&1; then exec setsid /bin/sh -c "$script" sh "$@"; fi
            if command -v perl >/dev/null 2>&1; then exec perl -e 'use POSIX; POSIX::setsid(); exec @ARGV' /bin/sh -c "$script" sh "$@"; fi
        fi
        exec 3<&0
        "$@" </dev/null 3<&- &
        agent=$!
        echo "pid $agent"
        (read -r _ <&3; kill -9 "$agent") </dev/null >/dev/null 2>&1 &
        watcher=$!
        exec 3<&-
        wait "$agent"
        kill "$watcher" 2>/dev/null
        """;

    private const int LinesKept = 40;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable? _job;

    private AgentProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _id.TrySetResult(0);
        process.Start();
        if (IsWindows)
        {
            _job = WindowsJob.Hold(process);
            _id.TrySetResult(process.Id);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Consul's process ID.</summary>
    public int Id => _id.Task.Wait(TimeSpan.FromSeconds(5)) ? _id.Task.Result : 0;

    /// <summary>Whether it came to its end.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it said last.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    private static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    public static AgentProcess Start(string path, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (IsWindows)
        {
            start.FileName = path;
            start.Arguments = Quote(arguments);
        }
        else
        {
            start.FileName = "/bin/sh";
            start.Arguments = Quote(["-c", Supervisor, "sh", "new", path, .. arguments]);
            start.Environment["script"] = Supervisor;
        }

        // Consul reads its client's variables as well; those of the user are about another Consul.
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("CONSUL_", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        return new AgentProcess(new Process { StartInfo = start });
    }

    /// <summary>Ends Consul and waits for that. Its data is in memory: there is nothing to save.</summary>
    public void Stop()
    {
        try
        {
            if (IsWindows)
                _process.Kill();
            else
                _process.StandardInput.Close();
            _process.WaitForExit(5000);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            // It ended by itself.
        }

        _job?.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        if (line.StartsWith("pid ", StringComparison.Ordinal) && int.TryParse(line.Substring(4), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            _id.TrySetResult(id);
            return;
        }

        _lines.Enqueue(Format.OneLine(line, 400));
        if (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
    }

    /// <summary>As the C runtime and .NET take an argument list apart; .NET Framework has no list.</summary>
    private static string Quote(IEnumerable<string> arguments)
    {
        var line = new StringBuilder();
        foreach (var argument in arguments)
        {
            line.Append(line.Length > 0 ? " \"" : "\"");
            var backslashes = 0;
            foreach (var c in argument)
            {
                if (c == '"')
                    line.Append('\\', backslashes + 1);
                backslashes = c == '\\' ? backslashes + 1 : 0;
                line.Append(c);
            }

            line.Append('\\', backslashes).Append('"');
        }

        return line.ToString();
    }
}
