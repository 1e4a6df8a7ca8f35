using System.Collections.Concurrent;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// The big bodies that turned out to be damaged, for a while: consumers pass over their messages without reading all of them again each time. Then one
/// looks again, for it may have been repaired.
/// </summary>
internal sealed class DamagedBodies(Clock clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (ConsulMqException Damage, TimeSpan Until)> _known = new(StringComparer.Ordinal);

    /// <summary>Remembers one.</summary>
    public void Add(string id, ConsulMqException damage) => _known[id] = (damage, clock.Elapsed + Memory);

    /// <summary>What is wrong with one; null: nothing, as far as is known.</summary>
    public ConsulMqException? Find(BodyReference? body) => body is not null && _known.TryGetValue(body.Id, out var known) && known.Until >= clock.Elapsed ? known.Damage : null;

    /// <summary>Notes in entries that were just read which of their messages are known to be damaged.</summary>
    public void ApplyTo(IReadOnlyList<StoredEntry> entries)
    {
        if (_known.IsEmpty)
            return;
        Forget();
        foreach (var entry in entries)
        {
            if (!entry.IsOpen || entry.Messages() is not { } messages)
                continue;
            for (var offset = entry.Cursor.First; offset < entry.Cursor.End; offset++)
            {
                if (Find(messages[offset].Blob) is { } damage)
                    entry.Spoil(offset, damage);
            }
        }
    }

    private void Forget()
    {
        foreach (var known in _known)
        {
            if (known.Value.Until < clock.Elapsed)
                _known.TryRemove(known.Key, out _);
        }
    }
}
