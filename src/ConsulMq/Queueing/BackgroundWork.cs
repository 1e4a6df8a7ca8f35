namespace ConsulMq.Queueing;

/// <summary>Work that nobody waits for: putting back what a cancelled pop took. A connection gives it a moment before it ends.</summary>
internal sealed class BackgroundWork
{
    private readonly HashSet<Task> _tasks = [];

    public void Add(Task task)
    {
        lock (_tasks)
            _tasks.Add(task);
        _ = RemoveAsync(task);
    }

    /// <summary>Waits for all that is under way, at most this long.</summary>
    public bool Wait(TimeSpan longest)
    {
        Task[] tasks;
        lock (_tasks)
            tasks = [.. _tasks];
        return tasks.Length == 0 || Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(longest);
    }

    private async Task RemoveAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e) when (e is Consul.ConsulException or ConsulMqException)
        {
            // Nobody is left to hear it. The messages are gone with their consumer, as plain pops promise no more.
        }
        finally
        {
            lock (_tasks)
                _tasks.Remove(task);
        }
    }
}
