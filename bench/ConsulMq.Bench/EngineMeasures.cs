using System.Diagnostics;
using System.Globalization;

namespace ConsulMq.Bench;

/// <summary>The measures that go through cmdlets in the PowerShell engine.</summary>
internal static class EngineMeasures
{
    private const int Bulk = 100_000;

    /// <summary>Messages a second through one pipeline against raw PUTs a second of one client. Gives push and pop.</summary>
    public static async Task<((double Value, double Baseline, double Ratio) Push, (double Value, double Baseline, double Ratio) Pop)> BulkAsync(
        string address, string manifest, int rounds, int rawPerRound)
    {
        using var engine = new Engine(manifest);
        using var raw = new RawConsul(address);
        engine.Run("param($address) $null = Connect-ConsulMq -Address $address", ("address", address));
        var lines = Enumerable.Range(0, Bulk).Select(i => i.ToString("d9", CultureInfo.InvariantCulture) + QueueMeasures.Body[9..]).ToArray();
        var body = System.Text.Encoding.ASCII.GetBytes(QueueMeasures.Body);
        var pops = new List<double>();
        var number = 0;
        var push = await Rounds.RunAsync(
            rounds,
            async () =>
            {
                var rate = await Rounds.RateAsync(Bulk, () => Task.FromResult(engine.Run("param($lines) $lines | Push-ConsulMqItem bulk | Out-Null", ("lines", lines))));
                pops.Add(await Rounds.RateAsync(Bulk, () => Task.FromResult(engine.Run("Pop-ConsulMqItem bulk -All | Out-Null"))));
                return rate;
            },
            async () =>
            {
                var round = number++;
                return await Rounds.RateAsync(rawPerRound, async () =>
                {
                    for (var i = 0; i < rawPerRound; i++)
                        await raw.PutAsync($"raw/{round}/{i:x8}", body);
                });
            });
        // The pops of a round stand beside the same raw PUTs.
        var pop = Rounds.Median(pops.Skip(1));
        return (push, (pop, push.Baseline, pop / push.Baseline));
    }

    /// <summary>Messages a second that are leased and completed in batches of 1,000 through the pipeline, against raw PUTs a second of one client.</summary>
    public static async Task<(double Value, double Baseline, double Ratio)> LeaseBulkAsync(string address, string manifest, int rounds, int rawPerRound)
    {
        const int Batches = 30;
        using var engine = new Engine(manifest);
        using var raw = new RawConsul(address);
        engine.Run("param($address) $null = Connect-ConsulMq -Address $address", ("address", address));
        var lines = Enumerable.Range(0, Batches * 1000).Select(i => i.ToString("d9", CultureInfo.InvariantCulture) + QueueMeasures.Body[9..]).ToArray();
        var body = System.Text.Encoding.ASCII.GetBytes(QueueMeasures.Body);
        var number = 0;
        return await Rounds.RunAsync(
            rounds,
            async () =>
            {
                engine.Run("param($lines) $lines | Push-ConsulMqItem lease | Out-Null", ("lines", lines));
                return await Rounds.RateAsync(lines.Length, () => Task.FromResult(engine.Run(
                    "param($batches) foreach ($i in 1..$batches) { Pop-ConsulMqItem lease -Lease -Count 1000 | Complete-ConsulMqItem }", ("batches", Batches))));
            },
            async () =>
            {
                var round = number++;
                return await Rounds.RateAsync(rawPerRound, async () =>
                {
                    for (var i = 0; i < rawPerRound; i++)
                        await raw.PutAsync($"raw/{round}/{i:x8}", body);
                });
            });
    }

    /// <summary>
    /// MB a second of a file of 16 MiB that is pushed, and popped, through the cmdlets, against raw PUTs of 500 KiB values one after the other. Gives the
    /// slower of the two ways, and the whole trip there and back, in which the file counts once.
    /// </summary>
    public static async Task<((double Value, double Baseline, double Ratio) Way, (double Value, double Baseline, double Ratio) Trip)> FileAsync(
        string address, string manifest, int rounds)
    {
        const double Megabytes = 16 * 1024 * 1024 / 1e6;
        using var engine = new Engine(manifest);
        using var raw = new RawConsul(address);
        engine.Run("param($address) $null = Connect-ConsulMq -Address $address", ("address", address));
        var folder = Directory.CreateTempSubdirectory("consulmq-bench-");
        try
        {
            var file = Path.Combine(folder.FullName, "in");
            var bytes = new byte[16 * 1024 * 1024];
            new Random(16).NextBytes(bytes);
            await File.WriteAllBytesAsync(file, bytes);
            var chunks = bytes.Chunk(500 * 1024).ToArray();
            var number = 0;
            var trips = new List<double>();
            var way = await Rounds.RunAsync(
                rounds,
                async () =>
                {
                    var push = await PerSecondAsync(() => Task.FromResult(engine.Run("param($path) $null = Push-ConsulMqItem files -LiteralPath $path", ("path", file))));
                    var pop = await PerSecondAsync(() => Task.FromResult(engine.Run(
                        "param($path) $null = Pop-ConsulMqItem files -OutFile $path -Force", ("path", Path.Combine(folder.FullName, "out")))));
                    trips.Add(1 / ((1 / push) + (1 / pop)));
                    return Math.Min(push, pop);
                },
                async () =>
                {
                    var round = number++;
                    var rate = await PerSecondAsync(async () =>
                    {
                        for (var i = 0; i < chunks.Length; i++)
                            await raw.PutAsync($"raw/{round}/{i:x8}", chunks[i]);
                    });
                    // What lies there makes each snapshot of Consul's larger, for both.
                    for (var i = 0; i < chunks.Length; i++)
                        await raw.DeleteAsync($"raw/{round}/{i:x8}");
                    return rate;
                });
            var trip = Rounds.Median(trips.Skip(1));
            return (way, (trip, way.Baseline, trip / way.Baseline));
        }
        finally
        {
            folder.Delete(true);
        }

        static async Task<double> PerSecondAsync(Func<Task> action)
        {
            var watch = Stopwatch.StartNew();
            await action();
            return Megabytes / watch.Elapsed.TotalSeconds;
        }
    }

    /// <summary>
    /// Working set in MB while 1,000,000 lines stream through one pipeline: at the end, and after the first 100,000. Runs in a process of its own.
    /// </summary>
    public static void Stream(string address, string manifest)
    {
        using var engine = new Engine(manifest);
        engine.Run("param($address) $null = Connect-ConsulMq -Address $address", ("address", address));
        var early = 0L;
        engine.Run("param($lines) $lines | Push-ConsulMqItem stream | Out-Null", ("lines", Lines(1_000_000, 100_000, () => early = WorkingSet())));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{early} {WorkingSet()}"));
    }

    /// <summary>Milliseconds of the first Import-Module of a process. Runs in a process of its own.</summary>
    public static void Import(string manifest)
    {
        var state = System.Management.Automation.Runspaces.InitialSessionState.CreateDefault2();
        using var runspace = System.Management.Automation.Runspaces.RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var shell = System.Management.Automation.PowerShell.Create(runspace);
        // The engine itself is warm where a user types the first command.
        shell.AddScript("$null = Get-Command Import-Module; 1 | ForEach-Object { $_ } | Out-Null").Invoke();
        shell.Commands.Clear();
        var watch = Stopwatch.StartNew();
        shell.AddCommand("Import-Module").AddArgument(manifest).Invoke();
        var elapsed = watch.Elapsed.TotalMilliseconds;
        if (shell.HadErrors)
            throw new InvalidOperationException(shell.Streams.Error[0].ToString());
        Console.WriteLine(elapsed.ToString(CultureInfo.InvariantCulture));
    }

    private static IEnumerable<string> Lines(int count, int markAt, Action mark)
    {
        for (var i = 0; i < count; i++)
        {
            if (i == markAt)
                mark();
            yield return i.ToString("d9", CultureInfo.InvariantCulture) + QueueMeasures.Body[9..];
        }
    }

    private static long WorkingSet()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
