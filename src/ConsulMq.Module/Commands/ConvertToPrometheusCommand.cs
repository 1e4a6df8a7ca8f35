using System.Management.Automation;
using ConsulMq.Metrics;

namespace ConsulMq.Commands;

/// <summary>
/// Makes Prometheus's text exposition format (version 0.0.4) of queues: <c>Get-ConsulMqQueue | ConvertTo-ConsulMqPrometheus | Set-Content consulmq.prom</c>, for
/// the text file collector of a node exporter or for any HTTP listener. One string a line; what is unknown, such as the age of the oldest message of an empty
/// queue, is left out. A queue that comes twice counts as it came last.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "ConsulMqPrometheus")]
[OutputType(typeof(string))]
public sealed class ConvertToPrometheusCommand : ConsulMqCmdlet
{
    private readonly PrometheusText _text = new();

    /// <summary>Queues, as <c>Get-ConsulMqQueue</c> returns them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public ConsulMqQueue[] InputObject { get; set; } = [];

    private protected override void Process()
    {
        foreach (var queue in InputObject)
            _text.Add(queue);
    }

    private protected override void End()
    {
        foreach (var line in _text.Lines())
            WriteObject(line);
    }
}
