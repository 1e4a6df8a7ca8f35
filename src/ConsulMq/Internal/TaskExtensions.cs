namespace ConsulMq.Internal;

internal static class TaskExtensions
{
    /// <summary>Awaits a task, or stops waiting for it; the task itself goes on.</summary>
    public static async Task WithCancellation(this Task task, CancellationToken cancellation)
    {
        if (!task.IsCompleted && cancellation.CanBeCanceled)
        {
            var cancelled = new TaskCompletionSource<bool>();
            using (cancellation.Register(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(true), cancelled))
            {
                if (await Task.WhenAny(task, cancelled.Task).ConfigureAwait(false) != task)
                    cancellation.ThrowIfCancellationRequested();
            }
        }

        await task.ConfigureAwait(false);
    }

    /// <inheritdoc cref="WithCancellation(Task, CancellationToken)"/>
    public static async Task<T> WithCancellation<T>(this Task<T> task, CancellationToken cancellation)
    {
        await ((Task)task).WithCancellation(cancellation).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    /// <summary>Waits until one of these tasks is done, whose exception it then throws, or the time is over. The others go on.</summary>
    /// <param name="clock">The time.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="time">How long.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task WhenAnyAsync(this Clock clock, IReadOnlyCollection<Task> tasks, TimeSpan time, CancellationToken cancellation)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var over = clock.Delay(time, timer.Token);
        var first = await Task.WhenAny([.. tasks, over]).ConfigureAwait(false);
        timer.Cancel();
        if (first != over)
            await first.ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }
}
