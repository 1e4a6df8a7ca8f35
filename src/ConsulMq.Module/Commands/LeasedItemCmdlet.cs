using System.Management.Automation;
using ConsulMq.Parameters;

namespace ConsulMq.Commands;

/// <summary>
/// A cmdlet for leased messages: as they came from <c>Pop-ConsulMqItem -Lease</c>, or by ID and receipt handle, which another process may have got as JSON
/// or CliXml.
/// </summary>
public abstract class LeasedItemCmdlet : ConnectionCmdlet
{
    /// <summary>A leased message, as <c>Pop-ConsulMqItem -Lease</c> returned it.</summary>
    [Parameter(ParameterSetName = "Item", Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [OneMessage]
    [ValidateNotNull]
    public QueueObject? InputObject { get; set; }

    /// <summary>
    /// The queue of the message. Default: the queue named at <c>Connect-ConsulMq</c>, else <c>consulmq</c>. A message that is given as an object knows its queue, and
    /// another one here is an error.
    /// </summary>
    [Parameter(ParameterSetName = "Item")]
    [Parameter(ParameterSetName = "Id", Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [QueueName]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    /// <summary>The message's ID.</summary>
    [Parameter(ParameterSetName = "Id", Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("MessageId")]
    [MessageId]
    [ArgumentCompleter(typeof(MessageCompleter))]
    public Guid Id { get; set; }

    /// <summary>The receipt handle that the message came with: who has it may settle the message, whichever process that is.</summary>
    [Parameter(ParameterSetName = "Id", Position = 2, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(MessageCompleter))]
    public string? ReceiptHandle { get; set; }

    private protected override object? Target => InputObject ?? (Id == Guid.Empty ? Queue : (object)Id);

    private protected string ItemQueue => InputObject?.Queue ?? Queue ?? Link.Settings.DefaultQueue;

    private protected Guid ItemId => InputObject?.Id ?? Id;

    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.NotLeased"/></exception>
    private protected string ItemHandle
    {
        get
        {
            var handle = InputObject is null ? ReceiptHandle : InputObject.ReceiptHandle;
            return !string.IsNullOrEmpty(handle) ? handle! : throw new ConsulMqException(ConsulMqError.NotLeased,
                $"Message {ItemId} is not leased: it was popped, pushed or looked at without a lease, so nothing of it is open.", Target)
            {
                RecommendedAction = "Take messages with Pop-ConsulMqItem -Lease.",
            };
        }
    }
}
