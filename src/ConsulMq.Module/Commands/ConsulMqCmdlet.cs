using System.Management.Automation;
using ConsulMq.Diagnostics;
using ConsulMq.Files;

namespace ConsulMq.Commands;

/// <summary>
/// What all cmdlets share: the one bridge from the pipeline thread to tasks, which Ctrl-C can always leave, and the one place where exceptions
/// become error records. Flow control (a stopped pipeline, <c>Select-Object -First</c>, <c>break</c>) passes through untouched.
/// </summary>
public abstract class ConsulMqCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private OperationLog? _log;

    /// <summary>Cancelled when the user stops the pipeline.</summary>
    private protected CancellationToken StopToken { get; }

    private protected ConsulMqCmdlet() => StopToken = _stop.Token;

    /// <summary>The user's thing that is worked on, for errors that name none.</summary>
    private protected virtual object? Target => null;

    private protected virtual void Begin()
    {
    }

    private protected virtual void Process()
    {
    }

    private protected virtual void End()
    {
    }

    /// <inheritdoc />
    protected sealed override void BeginProcessing()
    {
        _log = CmdletLog.Of(this);
        using var entered = OperationLog.Enter(_log);
        try
        {
            Begin();
        }
        catch (Exception e) when (ErrorRecords.IsKnown(e))
        {
            WriteLog();
            // Without what is set up here, no record can be processed.
            ThrowTerminatingError(ErrorRecords.Of(e, Target));
        }

        WriteLog();
    }

    /// <inheritdoc />
    protected sealed override void ProcessRecord()
    {
        using var entered = OperationLog.Enter(_log);
        try
        {
            Process();
        }
        catch (Exception e) when (ErrorRecords.IsKnown(e))
        {
            Report(e, Target);
        }

        WriteLog();
    }

    /// <inheritdoc />
    protected sealed override void EndProcessing()
    {
        using var entered = OperationLog.Enter(_log);
        try
        {
            End();
        }
        catch (Exception e) when (ErrorRecords.IsKnown(e))
        {
            Report(e, Target);
        }

        WriteLog();
    }

    /// <inheritdoc />
    protected sealed override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The pipeline came to its end just before.
        }
    }

    /// <summary>
    /// Reports an error. One that is about the user's thing lets the rest of the pipeline go on; where there is no talking to Consul, nothing else
    /// would work either, and the cmdlet ends.
    /// </summary>
    private protected void Report(Exception error, object? target)
    {
        WriteLog();
        var record = ErrorRecords.Of(error, target);
        if (ErrorRecords.IsFatal(error))
            ThrowTerminatingError(record);
        else
            WriteError(record);
    }

    /// <summary>Writes an error as the caller's view of errors shows it whole.</summary>
    private protected new void WriteError(ErrorRecord error) => base.WriteError(ErrorRecords.For(error, GetVariableValue("ErrorView")));

    /// <summary>Ends the cmdlet with an error, as the caller's view of errors shows it whole.</summary>
    private protected new void ThrowTerminatingError(ErrorRecord error) => base.ThrowTerminatingError(ErrorRecords.For(error, GetVariableValue("ErrorView")));

    /// <summary>Waits on the pipeline thread; Ctrl-C ends the wait at once, whatever the task does.</summary>
    private protected void Await(Task task)
    {
        try
        {
            if (Transfer is { } transfer)
                WaitAndShow(task, transfer);
            if (_log is null)
                WaitFor(task);
            else
                WaitAndTell(task, _log);
            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>The files that go through this command, to be shown while it waits; null: none.</summary>
    private protected FileProgress? Transfer { get; set; }

    private void WaitAndShow(Task task, FileProgress transfer)
    {
        try
        {
            while (!AwaitFor(task, FileProgress.Interval))
                transfer.Report();
        }
        finally
        {
            transfer.End();
        }
    }

    /// <inheritdoc cref="Await(Task)" />
    private protected T Await<T>(Task<T> task)
    {
        Await((Task)task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task, but not longer than this. Whether it has come to its end, well or not, which <see cref="Await(Task)"/> tells.</summary>
    private protected bool AwaitFor(Task task, TimeSpan longest)
    {
        try
        {
            WriteLog();
            return Task.WaitAny([task], (int)longest.TotalMilliseconds, StopToken) == 0;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Writes a sentence for who wants to know what happens.</summary>
    private protected new void WriteVerbose(string text)
    {
        text = Internal.PlainText.Shown(text);
        if (!CmdletLog.WritesStepsToDebug(this))
            base.WriteVerbose(text);
        else if (CmdletLog.WantsSteps(this))
            WriteDebug(text);
    }

    /// <summary>Writes a warning.</summary>
    private protected new void WriteWarning(string text) => base.WriteWarning(Internal.PlainText.Shown(text));

    /// <summary>Writes what operations have told until now. Only the pipeline thread may.</summary>
    private protected void WriteLog()
    {
        while (_log is not null && _log.TryTake(out var line))
        {
            if (line.IsRequest)
                WriteDebug(Internal.PlainText.Shown(line.Text));
            else
                WriteVerbose(line.Text);
        }
    }

    private void WaitFor(Task task)
    {
        if (!task.IsCompleted)
            Task.WaitAny([task], StopToken);
    }

    /// <summary>What is told while the task runs is written while it runs: a wait can be long.</summary>
    private void WaitAndTell(Task task, OperationLog log)
    {
        while (!task.IsCompleted)
        {
            Task.WaitAny([task, log.WaitAsync()], StopToken);
            WriteLog();
        }

        WriteLog();
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        // What goes on behind, such as putting back, is nobody's to read.
        _log?.Close();
        _stop.Dispose();
    }
}
