using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>Tells a message from other objects, also one that came back from a file, a job or another machine and has only its properties left.</summary>
internal static class PipedMessage
{
    /// <summary>The message as <c>Message ID of queue 'QUEUE'</c>; null: it is none. One is what has a queue and an ID of the kind that messages have.</summary>
    public static string? Of(object input)
    {
        var queue = Property(input, "Queue")?.Value;
        var id = MessageIdAttribute.Read(Property(input, "Id", "MessageId")?.Value);
        return queue is null || id is null ? null : $"Message {id} of queue '{Format.OneLine(queue.ToString(), 60)}'";
    }

    /// <summary>The first of these properties that the object has.</summary>
    public static PSPropertyInfo? Property(object input, params string[] names)
    {
        var wrapped = PSObject.AsPSObject(input);
        return names.Select(name => wrapped.Properties[name]).FirstOrDefault(static property => property is { IsGettable: true });
    }
}
