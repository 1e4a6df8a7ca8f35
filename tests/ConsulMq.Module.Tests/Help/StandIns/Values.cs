using System.Management.Automation;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>Now.</summary>
[Cmdlet(VerbsCommon.Get, "Date")]
public sealed class GetDate : StandIn
{
    protected override void EndProcessing() => WriteObject(DateTime.Now);
}

/// <summary>A new GUID.</summary>
[Cmdlet(VerbsCommon.New, "Guid")]
public sealed class NewGuid : StandIn
{
    protected override void EndProcessing() => WriteObject(Guid.NewGuid());
}

/// <summary>Lets time go by.</summary>
[Cmdlet(VerbsLifecycle.Start, "Sleep")]
public sealed class StartSleep : StandIn
{
    [Parameter(Mandatory = true)]
    public int Milliseconds { get; set; }

    protected override void EndProcessing() => Thread.Sleep(Milliseconds);
}
