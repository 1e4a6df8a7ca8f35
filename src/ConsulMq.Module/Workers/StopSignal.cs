namespace ConsulMq.Workers;

/// <summary>The end of a token as a task, for waiting on several things at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly TaskCompletionSource<bool> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _registration;

    public StopSignal(CancellationToken token) => _registration = token.Register(() => _source.TrySetResult(true));

    public Task Task => _source.Task;

    /// <inheritdoc />
    public void Dispose() => _registration.Dispose();
}
