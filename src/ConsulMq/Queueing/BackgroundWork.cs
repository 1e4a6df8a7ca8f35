using System.Diagnostics;

namespace ConsulMq.Queueing;

/// <summary>Work that nobody waits for: putting back what a cancelled pop took. A connection gives it a moment before it ends.</summary>
internal sealed class BackgroundWork
{
    private readonly HashSet<Task> _tasks = [];

    /// <summary>Adds work that nobody will await.</summary>
    public void Add(Task task) => _ = ForgetAsync(Track(task));

    /// <summary>
    /// Adds work that somebody awaits, by what this returns and not by the task itself: of several that await one task, .NET lets only one go on at
    /// once and sends the others to the thread pool, where a simulation has lost them.
    /// </summary>
    public Task Track(Task task)
    {
        lock (_tasks)
            _tasks.Add(task);
        return RemoveAsync(task);
    }

    /// <summary>Waits for all that is under way, and for what that begins in its turn, at most this long.</summary>
    public bool Wait(TimeSpan longest)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            Task[] tasks;
            lock (_tasks)
                tasks = [.. _tasks.Where(static task => !task.IsCompleted)];
            if (tasks.Length == 0)
                return true;
            var left = longest - watch.Elapsed;
            if (left <= TimeSpan.Zero || !Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(left))
                return false;
        }
    }

    private async Task RemoveAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        finally
        {
            lock (_tasks)
                _tasks.Remove(task);
        }
    }

    private static async Task ForgetAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e) when (e is Consul.ConsulException or ConsulMqException)
        {
            // Nobody is left to hear it. The messages are gone with their consumer, as plain pops promise no more.
        }
    }
}
