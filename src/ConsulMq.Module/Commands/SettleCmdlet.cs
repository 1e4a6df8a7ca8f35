using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>
/// A cmdlet that settles leased messages. The first one of a pipeline is sent at once; what arrives while it is under way goes together with the next
/// ones. A lease that was lost is an error for its own message alone.
/// </summary>
public abstract class SettleCmdlet : LeasedItemCmdlet
{
    /// <summary>How long what was settled before an early end (Ctrl-C) may take to reach Consul.</summary>
    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, SettleStream> _streams = new(StringComparer.Ordinal);

    /// <summary>Return each message that was given as an object, once it is done.</summary>
    [Parameter(ParameterSetName = "Item")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What shall become of the message.</summary>
    private protected abstract Settlement Settle(Guid id, string receiptHandle);

    /// <summary>What is done, for the question whether to do it.</summary>
    private protected abstract string Act { get; }

    private protected override void Process()
    {
        var handle = ItemHandle;
        if (!ShouldProcess(InputObject is { } item ? Describe(item) : Describe(ItemId, ItemQueue), Act))
            return;
        var stream = Stream(ItemQueue);
        var added = stream.AddAsync(Settle(ItemId, handle), Target, StopToken);
        if (!added.IsCompletedSuccessfully)
            Await(added.AsTask());
        WriteOutcomes(stream);
    }

    private protected override void End()
    {
        foreach (var stream in _streams.Values)
        {
            Await(stream.FlushAsync(StopToken));
            WriteOutcomes(stream);
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // After an early end there may be some that were not sent yet. Their work is done, and would be done again.
        var flushed = Task.WhenAll(_streams.Values.Select(static stream => stream.FlushAsync(CancellationToken.None)));
        Task.WaitAny([flushed], LastFlush);
        foreach (var stream in _streams.Values)
            stream.Dispose();
        base.Dispose(disposing);
    }

    private SettleStream Stream(string queue)
    {
        if (!_streams.TryGetValue(queue, out var stream))
            _streams[queue] = stream = Link.Queue(queue).OpenSettle();
        return stream;
    }

    private void WriteOutcomes(SettleStream stream)
    {
        while (stream.TryTake(out var outcome))
        {
            if (outcome.Error is not null)
            {
                WriteError(ErrorRecords.Of(outcome.Error, outcome.Tag));
                continue;
            }

            (outcome.Tag as QueueObject)?.Settle();
            if (outcome.IsDeadLetter)
                WriteVerbose($"Message {(outcome.Tag as QueueObject)?.Id ?? outcome.Tag} is a dead letter now.");
            if (PassThru)
                WriteObject(outcome.Tag);
        }
    }
}
