using System.Management.Automation;

namespace ConsulMq.Workers;

/// <summary>Passes on what a script block writes, as it writes it, tagged with its message's ID. A slow pipeline holds the block up.</summary>
internal sealed class JobStreams : IDisposable
{
    /// <summary>The note property of output objects that holds the message's ID.</summary>
    public const string IdProperty = "ConsulMqItemId";

    private readonly QueueObject _item;
    private readonly Outlet _outlet;

    public JobStreams(PowerShell shell, QueueObject item, Outlet outlet)
    {
        (_item, _outlet) = (item, outlet);
        Connect(Output, PassOn);
        Connect(shell.Streams.Error, error => outlet.Post(cmdlet => cmdlet.WriteErrorAndGoOn(JobErrors.Written(error, item))));
        Connect(shell.Streams.Warning, record => outlet.Post(cmdlet => cmdlet.WriteWarning(Tagged(record.Message))));
        Connect(shell.Streams.Verbose, record => outlet.Post(cmdlet => cmdlet.WriteVerbose(Tagged(record.Message))));
        Connect(shell.Streams.Debug, record => outlet.Post(cmdlet => cmdlet.WriteDebug(Tagged(record.Message))));
        Connect(shell.Streams.Information, record =>
        {
            record.Tags.Add(item.Id.ToString());
            outlet.Post(cmdlet => cmdlet.WriteInformation(record));
        });
    }

    /// <summary>For the block's output.</summary>
    public PSDataCollection<PSObject> Output { get; } = [];

    /// <inheritdoc />
    public void Dispose() => Output.Dispose();

    private static void Connect<T>(PSDataCollection<T> stream, Action<T> passOn) => stream.DataAdded += (_, _) =>
    {
        foreach (var record in stream.ReadAll())
            passOn(record);
    };

    private void PassOn(PSObject? output)
    {
        if (output is not null)
            Tag(output);
        _outlet.Post(cmdlet => cmdlet.WriteObject(output));
    }

    private void Tag(PSObject output)
    {
        try
        {
            // An object that two items share has the tag of the later one.
            output.Properties.Remove(IdProperty);
            output.Properties.Add(new PSNoteProperty(IdProperty, _item.Id));
        }
        catch (ExtendedTypeSystemException)
        {
            // Its type has such a property of its own.
        }
    }

    private string Tagged(string text) => $"{_item.Id}: {text}";
}
