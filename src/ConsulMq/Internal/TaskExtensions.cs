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
}
