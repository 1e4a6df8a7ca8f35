using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>
/// Lists who is connected to this Consul, with the health that Consul sees: the processes that ran <c>Connect-ConsulMq</c>, without <c>-NoRegister</c>, whatever their key
/// prefix. One that was killed turns critical within half a minute, and is gone one to two minutes later.
/// </summary>
[Cmdlet(VerbsCommon.Get, "ConsulMqNode")]
[OutputType(typeof(ConsulMqNode))]
public sealed class GetNodeCommand : ConnectionCmdlet
{
    private protected override void Process()
    {
        var link = Link;
        var nodes = Await(link.NodesAsync(StopToken));
        foreach (var node in nodes)
            WriteObject(node);
        if (link.NodeId is null)
            WriteVerbose("This process is not registered: only Connect-ConsulMq does that, and not with -NoRegister.");
        // Consul leaves out what a token may not read, without a word.
        if (nodes.Count == 0 && link.NodeId is not null)
            WriteWarning("Nobody is listed, not even this process, which is registered. Consul may need a moment; otherwise the token lacks node:read on the nodes: node_prefix \"\" { policy = \"read\" }.");
        else if (nodes.Count == 0 || (link.NodeId is { } id && !nodes.Any(node => node.Id == id)))
            WriteVerbose($"{(nodes.Count == 0 ? "Nobody is" : "This process is not")} listed. Consul may need a moment; or the token lacks service:read on 'consulmq', or node:read.");
    }
}
