using System.Diagnostics;

namespace ConsulMq.TestSupport;

/// <summary>
/// A child process that does not outlive this one. A small shell between the two holds one end of a pipe: when this process ends, even by
/// <c>kill -9</c>, the pipe closes, and the shell ends the child and removes its folder. Windows has no such shell; there the child ends with
/// <see cref="KillAsync"/> or with an orderly exit.
/// </summary>
internal sealed class SupervisedProcess
{
    // $1 is the log, $2 the folder, the rest is the command. The child hears nothing of the pipe (descriptor 3), and neither it nor the shell
    // hears the terminal's Ctrl-C, which is for this process to handle. Nor does a closed pipe end the shell: it has a folder to remove then. After the child's end the shell waits for our decision on the folder:
    // a line keeps it, the end of the pipe removes it.
    private const string Supervisor =
        """
        trap '' INT QUIT TERM HUP PIPE
        log=$1 folder=$2
        shift 2
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        child=$!
        echo "$child"
        { read -r line <&3; kill -9 "$child"; } >/dev/null 2>&1 &
        reader=$!
        wait "$child" 2>/dev/null
        kill -9 "$reader" 2>/dev/null
        echo ended 2>/dev/null
        read -r line <&3 || rm -rf "$folder"
        """;

    private readonly Process _process;
    private readonly string _folder;

    private SupervisedProcess(Process process, int id, Task exited, string folder) => (_process, Id, Exited, _folder) = (process, id, exited, folder);

    public int Id { get; }

    /// <summary>Completes when the child has ended.</summary>
    public Task Exited { get; }

    public static SupervisedProcess Start(string file, IReadOnlyList<string> arguments, string log, string folder) =>
        OperatingSystem.IsWindows() ? StartChild(file, arguments, log, folder) : StartShell(file, arguments, log, folder);

    /// <summary>Ends the child at once and returns when it has ended.</summary>
    public async Task KillAsync()
    {
        if (!Exited.IsCompleted)
        {
            try
            {
                using var child = Process.GetProcessById(Id);
                child.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It has ended meanwhile.
            }
        }
        await Exited;
    }

    /// <summary>To be called once, after <see cref="KillAsync"/>: ends the supervision and removes the folder, unless it is to be kept.</summary>
    public async Task ReleaseAsync(bool keepFolder)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!keepFolder)
                Directory.Delete(_folder, recursive: true);
        }
        else
        {
            if (keepFolder)
                await _process.StandardInput.WriteLineAsync("keep");
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private static SupervisedProcess StartShell(string file, IReadOnlyList<string> arguments, string log, string folder)
    {
        Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Supervisor, "consul-supervisor", log, folder, file, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        int id = int.Parse(shell.StandardOutput.ReadLine()!);
        return new SupervisedProcess(shell, id, shell.StandardOutput.ReadLineAsync(), folder);
    }

    private static SupervisedProcess StartChild(string file, IReadOnlyList<string> arguments, string log, string folder)
    {
        Process child = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        StreamWriter writer = new(log, append: true) { AutoFlush = true };
        Task exited = Task.WhenAll(CopyAsync(child.StandardOutput), CopyAsync(child.StandardError), child.WaitForExitAsync())
            .ContinueWith(_ => writer.Dispose(), TaskScheduler.Default);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (!exited.IsCompleted)
                child.Kill();
        };
        return new SupervisedProcess(child, child.Id, exited, folder);

        async Task CopyAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (writer)
                    writer.WriteLine(line);
            }
        }
    }
}
