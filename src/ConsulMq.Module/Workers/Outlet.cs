using System.Diagnostics;
using System.Management.Automation;

namespace ConsulMq.Workers;

/// <summary>
/// From the threads that work to the pipeline thread, which alone may write: bounded, so that a slow pipeline slows the work down. When the pipeline has
/// come down nobody waits here any more.
/// </summary>
internal sealed class Outlet
{
    private const int Capacity = 256;

    private readonly object _gate = new();
    private readonly Queue<Message> _messages = new();
    private State _state;

    private enum State
    {
        Open,

        /// <summary>Nothing comes in any more; what is there goes out.</summary>
        Completed,

        /// <summary>Nobody takes anything any more.</summary>
        Closed,
    }

    /// <summary>Passes something on; waits while there is no room.</summary>
    /// <param name="write">Writes it, on the pipeline thread. Not called when the pipeline has come down.</param>
    /// <param name="then">Called when it was written, or when that will never be: on any thread, and not for long.</param>
    public void Post(Action<PSCmdlet>? write, Action? then = null)
    {
        lock (_gate)
        {
            while (_state == State.Open && _messages.Count >= Capacity)
                Monitor.Wait(_gate);
            if (_state == State.Open)
            {
                _messages.Enqueue(new Message(write, then));
                Monitor.PulseAll(_gate);
                return;
            }
        }

        then?.Invoke();
    }

    /// <summary>Writes what comes next.</summary>
    /// <param name="cmdlet">Where to, of this thread.</param>
    /// <param name="patience">How long to wait for it.</param>
    /// <returns>False: there is nothing to come any more.</returns>
    public bool Write(PSCmdlet cmdlet, TimeSpan patience)
    {
        Message message;
        var watch = Stopwatch.StartNew();
        lock (_gate)
        {
            while (_messages.Count == 0)
            {
                var left = patience - watch.Elapsed;
                if (_state != State.Open || left <= TimeSpan.Zero)
                    return _state == State.Open;
                Monitor.Wait(_gate, left);
            }

            message = _messages.Dequeue();
            Monitor.PulseAll(_gate);
        }

        try
        {
            message.Write?.Invoke(cmdlet);
        }
        finally
        {
            message.Then?.Invoke();
        }

        return true;
    }

    /// <summary>Nothing comes any more.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_state == State.Open)
                _state = State.Completed;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nobody writes any more; all who wait go on.</summary>
    public void Close()
    {
        Message[] rest;
        lock (_gate)
        {
            _state = State.Closed;
            rest = [.. _messages];
            _messages.Clear();
            Monitor.PulseAll(_gate);
        }

        foreach (var message in rest)
            message.Then?.Invoke();
    }

    private readonly record struct Message(Action<PSCmdlet>? Write, Action? Then);
}
