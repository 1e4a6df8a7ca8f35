using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>
/// Takes for a queue's name what is one: text, a number, a queue or its check, and from the pipeline an object that names one in <c>Queue</c> or <c>Name</c>. Anything else is
/// refused in place of becoming a name by its text, above all a message, whose whole queue nobody means, and <c>$null</c>, which is not the default queue.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class QueueNameAttribute : ArgumentTransformationAttribute
{
    private const string Named = "Give the name of a queue, or what Get-ConsulMqQueue returned.";

    /// <summary>Whether another parameter of the cmdlet takes messages, or their IDs, from the pipeline.</summary>
    public bool OrMessage { get; set; }

    /// <summary>Whether another parameter of the cmdlet takes a script block in the same position.</summary>
    public bool OrScriptBlock { get; set; }

    /// <summary>Whether several queues may be named at once.</summary>
    public bool Many { get; set; }

    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        IList names and not byte[] when Many => Names(names),
        IList { Count: 1 } one => Name(one[0]),
        IList { Count: 0 } => throw Refused("An empty list is not the name of a queue."),
        IList several and not byte[] => throw Refused($"{several.Count} values are not the name of one queue. Name one, or use ForEach-Object."),
        not null when Many && PipedMessage.Of(inputData!) is null && Unwrapped(PipedMessage.Property(inputData!, "Queue", "Name")?.Value) is IList { Count: > 1 } names => Names(names),
        _ => Name(inputData),
    };

    private static object? Unwrapped(object? input) => input is PSObject wrapped ? wrapped.BaseObject : input;

    private string[] Names(IList names) => [.. names.Cast<object?>().Select(name => Name(name))];

    /// <param name="input">What was given.</param>
    /// <param name="isProperty">Whether it is a property of that, where nothing more is looked for: an object may name itself.</param>
    private string Name(object? input, bool isProperty = false)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        return value switch
        {
            null or DBNull => throw Refused("The name of the queue is $null: is a variable not set? Where the default queue is meant, leave the parameter out."),
            string text => text,
            Guid id when !OrMessage => id.ToString(),
            Guid => throw Refused($"'{value}' is the ID of a message, or of something else: a queue of that name is \"{value}\", in quotation marks, and a message is -Id {value}."),
            IList { Count: 1 } one when isProperty && Unwrapped(one[0]) is not IList => Name(one[0], isProperty),
            ConsulMqQueue queue => queue.Name,
            ConsulMqQueueCheck check => check.Queue,
            ScriptBlock when OrScriptBlock => throw Elsewhere("A script block is not the name of a queue."),
            ScriptBlock => throw Refused($"A script block is not the name of a queue, and is not run here for each object of the pipeline. {RefusedBlock.Instead}"),
            IConvertible and not (bool or DateTime) => LanguagePrimitives.ConvertTo<string>(input),
            _ when PipedMessage.Of(input!) is { } message => throw OfMessage(message),
            _ when !isProperty && value is not IDictionary && PipedMessage.Property(input!, "Queue", "Name") is { } name => Name(name.Value, isProperty: true),
            _ when OrMessage && PipedMessage.Property(input!, "Id", "MessageId") is not null => throw Elsewhere("The object names no queue."),
            _ => throw Refused($"'{Format.OneLine(LanguagePrimitives.ConvertTo<string>(input), 60)}' is a {value.GetType().Name}, and not the name of a queue. {Named}"),
        };
    }

    private ArgumentTransformationMetadataException OfMessage(string message) => OrMessage
        ? Elsewhere($"{message} is no queue.")
        : Refused($"{message} is no queue, and this is for whole queues. Remove-ConsulMqItem removes messages, Pop-ConsulMqItem takes them, Move-ConsulMqItem moves them. Where its queue is meant, name that.");

    private static ArgumentTransformationMetadataException Refused(string message) => new(message);

    /// <summary>PowerShell goes on to other parameters where what lies below is a failed cast, and with none that takes the object it is an error.</summary>
    private static ArgumentTransformationMetadataException Elsewhere(string message) => new(message, new PSInvalidCastException(message));
}
