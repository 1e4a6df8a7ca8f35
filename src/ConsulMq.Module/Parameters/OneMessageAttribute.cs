using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>Says of several messages where one is meant that a pipeline takes them; PowerShell itself would say that a method is not supported.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class OneMessageAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        IList { Count: 1 } one => one[0],
        IList { Count: 0 } => throw new ArgumentTransformationMetadataException("No message was given: was the queue empty? Pipe them: then none is nothing to do."),
        IList { Count: > 1 } several when several[0] is PSObject { BaseObject: QueueObject } or QueueObject =>
            throw new ArgumentTransformationMetadataException($"{several.Count} messages were given, and this takes one. Pipe them: they go together all the same."),
        _ => inputData,
    };
}
