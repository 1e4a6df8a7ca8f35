using ConsulMq.Consul;

namespace ConsulMq.Queueing;

/// <summary>Turns Consul's faults into errors for the user: what happened, and what to do.</summary>
internal static class Errors
{
    public static ConsulMqException From(ConsulException e) => e.Fault switch
    {
        ConsulFault.Unreachable => Make(ConsulMqError.ConsulUnreachable, e,
            "Check that Consul runs there, or name another address: Connect-ConsulMq -Address HOST:PORT, or the environment variable CONSUL_HTTP_ADDR."),
        ConsulFault.ConnectionLost => Make(ConsulMqError.ConsulUnreachable, e, "Check the network and the Consul agent, then try again."),
        ConsulFault.BadReply => Make(ConsulMqError.ConsulUnreachable, e, "What answers there does not answer as Consul does: check the address."),
        ConsulFault.Timeout => Make(ConsulMqError.Timeout, e, "Check the network and the Consul servers, or allow more time: Connect-ConsulMq -Timeout."),
        ConsulFault.NoLeader => Make(ConsulMqError.NoLeader, e, "Check that a majority of the Consul servers runs (consul operator raft list-peers), then try again."),
        ConsulFault.AclDenied when e.Missing is { } missing => new ConsulMqException(ConsulMqError.AclDenied, $"{Sentence(e.Message)} The token lacks {missing}.", e.Address, e)
        {
            RecommendedAction = $"Add the rule {missing.Rule} to its policy, or use another token (Connect-ConsulMq -Token, CONSUL_HTTP_TOKEN).",
        },
        ConsulFault.AclDenied => Make(ConsulMqError.AclDenied, e,
            "Use a token that Consul knows and that may read and write the queue's keys: Connect-ConsulMq -Token, or the environment variable CONSUL_HTTP_TOKEN."),
        ConsulFault.TlsFailure => Make(ConsulMqError.TlsFailure, e,
            "The parameters for it are -Address, -CaCertificate, -ClientCertificate, -ClientKey and -TlsServerName of Connect-ConsulMq."),
        ConsulFault.TooLarge => Make(ConsulMqError.MessageTooLarge, e, "Send less at once."),
        _ when e.Message.IndexOf("No path to datacenter", StringComparison.Ordinal) >= 0 => Make(ConsulMqError.ConsulError, e,
            "Check the name of the datacenter (Connect-ConsulMq -Datacenter), and that its servers are joined (consul members -wan)."),
        _ => Make(ConsulMqError.ConsulError, e, "Consul's log says more."),
    };

    /// <summary>Awaits an operation and gives its faults the user's form.</summary>
    public static async Task<T> Translate<T>(Task<T> operation)
    {
        try
        {
            return await operation.ConfigureAwait(false);
        }
        catch (ConsulException e)
        {
            throw From(e);
        }
    }

    /// <inheritdoc cref="Translate{T}"/>
    public static async Task Translate(Task operation)
    {
        try
        {
            await operation.ConfigureAwait(false);
        }
        catch (ConsulException e)
        {
            throw From(e);
        }
    }

    /// <summary>An error of any kind, where it must reach the caller as an outcome and not vanish in a task that nobody awaits.</summary>
    public static ConsulMqException Any(Exception e, string operation, string queue) => e switch
    {
        ConsulMqException known => known,
        ConsulException known => From(known),
        _ => new ConsulMqException(ConsulMqError.ConsulError, $"The {operation} failed: {e.Message}", queue, e),
    };

    /// <summary>A queue that is asked for by its name is not there.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="place">Where; null: that is clear.</param>
    public static ConsulMqException NoSuchQueue(string queue, string? place = null) => new(ConsulMqError.QueueNotFound,
        $"There is no queue '{queue}'{(place is null ? "" : $" at {place}")}.", queue)
    {
        RecommendedAction = "Get-ConsulMqQueue lists those that are there; the first push creates one.",
    };

    /// <summary>A message is not there to be taken.</summary>
    public static ConsulMqException NoSuchItem(string queue, Guid id) => new(ConsulMqError.ItemNotFound,
        $"Message {id} is not ready in queue '{queue}': it was taken, is leased, scheduled or expired, or was never there.", id)
    {
        RecommendedAction = "Get-ConsulMqIndex lists what is there.",
    };

    /// <summary>The queue ends before a position.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="position">The position.</param>
    /// <param name="count">How many messages there are.</param>
    /// <param name="mayBeEnd">Whether the end of the queue is a position too.</param>
    public static ConsulMqException NoSuchPosition(string queue, long position, long count, bool mayBeEnd = false) => new(ConsulMqError.PositionOutOfRange,
        count == 0
            ? $"Position {position} is past the end of queue '{queue}': nothing is in it{(mayBeEnd ? ", and only position 0 is there" : "")}."
            : $"Position {position} is past the end of queue '{queue}': it holds {count} message{(count == 1 ? "" : "s")}, and the positions are 0 to {(mayBeEnd ? count : count - 1)}.", position);

    /// <summary>A position is negative.</summary>
    public static ConsulMqException NegativePosition(string queue, long position) => new(ConsulMqError.PositionOutOfRange,
        $"Position {position} is before the beginning of queue '{queue}': positions count from 0, the next message to be popped.", position)
    {
        RecommendedAction = "From the end on it is -Last.",
    };

    /// <summary>The queue has no room.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="limit">How many messages it may hold.</param>
    /// <param name="waited">How long room was waited for; null: not at all.</param>
    public static ConsulMqException QueueFull(string queue, long limit, TimeSpan? waited) => new(ConsulMqError.QueueFull,
        $"Queue '{queue}' is full: it may hold {limit:N0} message{(limit == 1 ? "" : "s")}{(waited is { } time ? $", and no room came within {time.TotalSeconds:0.###} s" : "")}.",
        queue)
    {
        RecommendedAction = "Pop some, wait for room (Push-ConsulMqItem -Wait), or allow more (Set-ConsulMqQueue -MaxDepth).",
    };

    private static string Sentence(string text) => text.Length > 0 && text[text.Length - 1] is ('.' or '?' or '!') ? text : text + ".";

    private static ConsulMqException Make(ConsulMqError error, ConsulException e, string advice) =>
        new(error, Sentence(e.Message), e.Address, e)
        {
            RecommendedAction = advice,
        };
}
