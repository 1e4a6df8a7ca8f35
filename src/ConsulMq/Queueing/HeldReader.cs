using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Shows messages that are in flight or scheduled as a user sees them: who holds them, and when they are due.</summary>
internal sealed class HeldReader(QueueContext context)
{
    private Dictionary<string, SessionMark>? _marks;

    /// <summary>Reads who holds what is in flight.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (_marks is not null)
            return;
        var sessions = await context.Consul.ListAsync(context.Keys.Sessions, ReadOptions.Consistent, cancellation).ConfigureAwait(false);
        var marks = new Dictionary<string, SessionMark>(StringComparer.Ordinal);
        foreach (var pair in sessions.Pairs)
            marks[pair.Key.Substring(context.Keys.Sessions.Length)] = SessionMark.Read(pair.Value.Span);
        _marks = marks;
    }

    /// <summary>The message with what is known of where it is.</summary>
    public QueueObject Show(Spot spot, Message message)
    {
        if (spot.Entry.Key.Place == EntryPlace.Scheduled)
        {
            return new QueueObject(message, context.Keys.Queue, context.Settings.BodyReader)
            {
                SeenIn = spot.Entry.Key,
                State = MessageState.Scheduled,
                NotBefore = EntryKey.TryDue(context.Keys, spot.Entry.Key.Key, out var due) ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null,
            };
        }

        var mark = _marks!.TryGetValue(ReceiptHandle.SessionOf(context.Keys, spot.Entry.Key), out var known) ? known : default;
        return new QueueObject(message, context.Keys.Queue, context.Settings.BodyReader)
        {
            SeenIn = spot.Entry.Key,
            State = MessageState.InFlight,
            Lease = new ConsulMqLease(ReceiptHandle.Write(context.Keys, spot.Entry.Key, spot.Offset, mark.Duration), mark.Duration, null) { Holder = mark.Client },
        };
    }
}
