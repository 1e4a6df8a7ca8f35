using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>Refuses a script block for text, or among texts. PowerShell runs one for each object of the pipeline only where the parameter takes pipeline input, and elsewhere makes text of it.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        RefusedBlock.Check(value);
        foreach (var one in value switch { IDictionary named => named.Values, IList list => list, _ => Array.Empty<object>() })
            RefusedBlock.Check(one is PSObject element ? element.BaseObject : one);
        return inputData;
    }
}

/// <summary>What to say of a script block where none is run.</summary>
internal static class RefusedBlock
{
    /// <summary>What to do in its place.</summary>
    public const string Instead = "Use ForEach-Object { ... $_ ... } and give the value there.";

    /// <exception cref="ArgumentTransformationMetadataException">The value is a script block.</exception>
    public static void Check(object? value)
    {
        if (value is ScriptBlock)
            throw new ArgumentTransformationMetadataException($"A script block is not run here for each object of the pipeline. {Instead}");
    }
}
