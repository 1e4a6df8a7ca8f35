using System.Diagnostics;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>A script in a process of its own, as a user's would be. What it has done it says line by line in a file, which survives <c>kill -9</c>.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(1);

    // To be connected is one thing and to begin another: so several begin at the same moment, however long each takes to start.
    private const string Prelude =
        """
        param([string] $Name, [string] $Address, [string] $Prefix, [string] $File, [int] $Count, [string] $Patience)
        $ErrorActionPreference = 'Stop'
        Import-Module ConsulMq
        $null = Connect-ConsulMq $Address -Prefix $Prefix -Timeout $Patience
        $stop = "$File.stop"
        $lines = [IO.StreamWriter]::new($File)
        $lines.AutoFlush = $true
        [Console]::Out.WriteLine('ready')
        $null = [Console]::In.ReadLine()

        """;

    private readonly string _name;
    private readonly string _file;
    private readonly Process _process;
    private readonly Task<string> _errors;
    private Task<string> _output = Task.FromResult("");

    private Worker(string name, string file, Process process)
    {
        (_name, _file, _process) = (name, file, process);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Its lines so far. A line that it was killed in is none.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            using var stream = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Split(Environment.NewLine)[..^1];
        }
    }

    /// <summary>Starts it; it goes as far as being connected.</summary>
    /// <param name="name">Its <c>$Name</c>.</param>
    /// <param name="script">What it does after <see cref="GoAsync"/>. It writes its lines to <c>$lines</c>, and <c>$stop</c> is a file that <see cref="AskToStop"/> makes.</param>
    /// <param name="file">Where its lines go.</param>
    /// <param name="arguments">The other parameters of the prelude.</param>
    public static async Task<Worker> StartAsync(string name, string script, string file, params IEnumerable<string> arguments)
    {
        var process = Signals.Interruptible(() => ScriptHostProcess.Start(Prelude + script, ["-Name", name, "-File", file, .. arguments]));
        var worker = new Worker(name, file, process);
        try
        {
            var ready = await worker._process.StandardOutput.ReadLineAsync().WaitAsync(StartTime);
            if (ready != "ready")
                throw await worker.FailureAsync($"did not get as far as being connected; it said '{ready}'");
            worker._output = worker._process.StandardOutput.ReadToEndAsync();
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets it do what it is there for.</summary>
    public Task GoAsync() => _process.StandardInput.WriteLineAsync("go");

    /// <summary>For scripts that look whether <c>$stop</c> is there.</summary>
    public void AskToStop() => File.WriteAllText(_file + ".stop", "");

    /// <summary>Returns when it has written so many lines.</summary>
    public async Task HasWrittenAsync(int count, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        while (Lines.Count < count)
        {
            if (_process.HasExited)
                throw await FailureAsync($"ended after {Lines.Count} of {count} lines");
            if (clock.Elapsed > (patience ?? TimeSpan.FromMinutes(1)))
                throw new TimeoutException($"{_name} wrote {Lines.Count} of {count} lines in {clock.Elapsed.TotalSeconds:0} s.");
            await Task.Delay(5);
        }
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Signals.SendInterrupt(_process.Id);

    /// <summary>What a service manager sends first.</summary>
    public void Terminate() => Signals.SendTerminate(_process.Id);

    /// <summary>Waits for its end, which has to come within that time and with that exit code; null: with any.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> EndsAsync(int? exitCode, TimeSpan within)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(within);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_name} still runs after {within.TotalSeconds:0.0} s. It has written {Lines.Count} lines, the last one '{Lines.LastOrDefault()}'.");
        }

        var took = clock.Elapsed;
        return exitCode is null || _process.ExitCode == exitCode ? took : throw await FailureAsync($"was to end with exit code {exitCode}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private async Task<InvalidOperationException> FailureAsync(string what)
    {
        if (!_process.HasExited)
            await KillAsync();
        return new InvalidOperationException($"{_name} {what}. Exit code {_process.ExitCode}. It said: {await _output}{await _errors}");
    }
}
