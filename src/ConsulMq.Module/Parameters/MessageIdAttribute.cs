using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>
/// Reads the IDs of messages. PowerShell itself would leave an ID aside that comes through the pipeline and is none, and the cmdlet would do what it does
/// without one; here that is an error, for each object its own.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class MessageIdAttribute : ArgumentTransformationAttribute
{
    /// <summary>The parameter that who gave a number may have meant; null: none.</summary>
    public string? NumberIs { get; set; }

    /// <summary>The parameters that who gave a time span may have meant; null: none.</summary>
    public string? SpanIs { get; set; }

    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is IList list
            ? list.Cast<object?>().Select(ReadOrThrow).ToArray()
            : ReadOrThrow(inputData);

    /// <summary>Reads an ID; null if it is none.</summary>
    internal static Guid? Read(object? input) => (input is PSObject wrapped ? wrapped.BaseObject : input) switch
    {
        Guid id => id,
        string text when Guid.TryParse(text, out var id) => id,
        _ => null,
    };

    private Guid ReadOrThrow(object? input)
    {
        if (Read(input) is { } id)
            return id;
        if (input is null)
            throw new ArgumentTransformationMetadataException("The ID of the message is $null: is a variable or a property not set?");
        // As it was typed: 30s is a number to PowerShell.
        var text = LanguagePrimitives.ConvertTo<string>(input);
        throw new ArgumentTransformationMetadataException($"'{Format.OneLine(text, 60)}' is not the ID of a message, as Get-ConsulMqItem shows them.{Hint(text)}");
    }

    private string Hint(string text)
    {
        if (NumberIs is not null && long.TryParse(text, out _))
            return $" For so many messages: -{NumberIs} {text}.";
        return SpanIs is not null && DurationAttribute.Parse(text) is not null ? $" For a time span: {SpanIs}." : "";
    }
}
