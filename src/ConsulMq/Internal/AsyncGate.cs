namespace ConsulMq.Internal;

/// <summary>Lets one in at a time, in the order in which they came. Who waits goes on as the settings say, which a semaphore of .NET does not do.</summary>
/// <param name="continuations">How those who waited go on.</param>
internal sealed class AsyncGate(TaskCreationOptions continuations)
{
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private bool _isTaken;

    /// <summary>Waits for its turn. What it gives has to be disposed.</summary>
    public async Task<Turn> EnterAsync()
    {
        TaskCompletionSource<bool>? turn = null;
        lock (_waiting)
        {
            if (_isTaken)
                _waiting.Enqueue(turn = new TaskCompletionSource<bool>(continuations));
            _isTaken = true;
        }

        if (turn is not null)
            await turn.Task.ConfigureAwait(false);
        return new Turn(this);
    }

    private void Leave()
    {
        TaskCompletionSource<bool>? next = null;
        lock (_waiting)
        {
            if (_waiting.Count > 0)
                next = _waiting.Dequeue();
            else
                _isTaken = false;
        }

        next?.SetResult(true);
    }

    /// <summary>A turn; ends when it is disposed.</summary>
    public readonly struct Turn(AsyncGate gate) : IDisposable
    {
        public void Dispose() => gate.Leave();
    }
}
