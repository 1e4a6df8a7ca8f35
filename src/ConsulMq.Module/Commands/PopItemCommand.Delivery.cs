using System.Management.Automation;
using ConsulMq.Files;

namespace ConsulMq.Commands;

/// <content>How what was taken gets to the next command, or back to its place.</content>
public sealed partial class PopItemCommand
{
    /// <summary>How long it may take to put messages back when the pipeline ends early.</summary>
    private static readonly TimeSpan PutBackTime = TimeSpan.FromSeconds(3);

    /// <summary>Opens the file that the bodies go to, if there is one. False: there is something wrong with it, which was said.</summary>
    private bool TryOpenFile()
    {
        if (OutFile is null || _file is not null)
            return true;
        try
        {
            var path = InputFile.Find(SessionState, OutFile, isLiteral: true)[0];
            Transfer = new FileProgress(this, "Writing");
            var file = new OutFile(path, Force, Transfer);
            if (!file.IsDirectory && IsMany)
                throw new FileFault("OutFileNotDirectory", ErrorCategory.InvalidArgument, $"More than one message does not go into one file: '{path}' is no directory.", path, action: "Name one that is there.");
            file.Check();
            _file = file;
            return true;
        }
        catch (FileFault e)
        {
            WriteError(e.ToRecord());
            return false;
        }
    }

    /// <summary>Waits for what is being taken. Null: there is no more, or it could not be taken, which was said.</summary>
    private PopBatch? Pop(QueueConsumer consumer, Task<PopBatch?> pop)
    {
        try
        {
            var batch = Await(pop);
            if (batch?.Items.Count > 0 && _file?.Last?.Fault is { } fault)
                WriteError(fault.ToRecord());
            return batch;
        }
        catch (FileFault e)
        {
            WriteError(e.ToRecord());
            return null;
        }
        catch (Exception e) when (_file is not null && e is IOException or UnauthorizedAccessException)
        {
            WriteError(FileFault.Of(e, "The body cannot be written, and nothing was taken", OutFile!).ToRecord());
            return null;
        }
        catch (RuntimeException)
        {
            // Ctrl-C, or a preference to stop at verbose output, ends the wait for the pop, not the pop: it may just have taken something.
            consumer.Abandon(pop);
            throw;
        }
    }

    private void Deliver(QueueConsumer consumer, PopBatch batch)
    {
        Deliver(consumer, batch.Items);
        foreach (var damage in batch.Damage)
            WriteError(ErrorRecords.Of(damage, damage.Subject));
    }

    private void Deliver(QueueConsumer consumer, IReadOnlyList<QueueObject> items)
    {
        var passedOn = 0;
        try
        {
            while (passedOn < items.Count && !Stopping)
            {
                // Whatever comes out of WriteObject, the next command has seen the message.
                var item = items[passedOn++];
                WriteObject(item);
            }
        }
        finally
        {
            if (passedOn < items.Count)
                PutBack(consumer, [.. items.Skip(passedOn)]);
        }

        if (Stopping)
            throw new PipelineStoppedException();
    }

    /// <summary>Runs while the pipeline comes down, so it does not throw, and takes a moment at most; what is not done by then goes on behind.</summary>
    private void PutBack(QueueConsumer consumer, List<QueueObject> items)
    {
        string problem;
        try
        {
            if (consumer.PutBackAsync(items, CancellationToken.None).Wait(PutBackTime))
                return;
            problem = "Consul does not answer. It is still tried";
        }
        catch (AggregateException e)
        {
            problem = e.InnerException!.Message;
        }

        try
        {
            WriteWarning($"{items.Count} messages were popped and could not be put back: {problem}. Their IDs: {string.Join(", ", items.Select(static item => item.Id))}");
        }
        catch (Exception e) when (e is PipelineStoppedException or InvalidOperationException)
        {
            // After Ctrl-C there is nobody left to tell.
        }
    }
}
