using System.Diagnostics;

namespace ConsulMq.Tests.Limits;

/// <summary>Watches how much memory is in use while something runs: what lives on the managed heap, after a collection, and the process as a whole.</summary>
internal static class MemoryWatch
{
    /// <summary>What something took.</summary>
    /// <param name="Managed">The most that lived on the managed heap beyond what did before, in bytes.</param>
    /// <param name="Process">The most by which the process as a whole grew, garbage and the room of the runtime included, in bytes.</param>
    /// <param name="Time">How long it took, with the collections.</param>
    public sealed record Peak(long Managed, long Process, TimeSpan Time)
    {
        /// <inheritdoc />
        public override string ToString() =>
            FormattableString.Invariant($"{Managed / 1024.0 / 1024.0:N1} MiB live, process {Process / 1024.0 / 1024.0:+0;-0;0} MiB, {Time.TotalSeconds:N1} s");
    }

    public static async Task<Peak> OfAsync(Func<Task> run)
    {
        // What others left in pools and finalizers is not this one's.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = GC.GetTotalMemory(true);
        var held = Environment.WorkingSet;
        long managed = 0, process = 0;
        using var end = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                Look();
                await Task.Delay(50, CancellationToken.None);
            }
        });
        var watch = Stopwatch.StartNew();
        try
        {
            await run();
        }
        finally
        {
            watch.Stop();
            await end.CancelAsync();
            await watching;
        }

        Look();
        return new Peak(managed, process, watch.Elapsed);

        void Look()
        {
            managed = Math.Max(managed, GC.GetTotalMemory(true) - before);
            process = Math.Max(process, Environment.WorkingSet - held);
        }
    }
}
