using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>An entry as a consumer sees it: what is stored, and what of it is left. Decoded when it is first needed.</summary>
/// <param name="key">Its name.</param>
/// <param name="pair">What is stored.</param>
/// <param name="found">Where it puts the damage that shows when it is decoded.</param>
internal sealed class StoredEntry(EntryKey key, KvPair pair, ICollection<ConsulMqException> found)
{
    private Message[]? _messages;
    private HashSet<int>? _spoilt;

    /// <summary>An entry that was just written.</summary>
    public static StoredEntry Written(EntryKey key, ulong index, Message[] messages) =>
        new(key, new KvPair { Key = key.Key, CreateIndex = index, ModifyIndex = index }, []) { _messages = messages };

    public EntryKey Key { get; } = key;

    public ulong CreateIndex { get; } = pair.CreateIndex;

    public ulong ModifyIndex { get; } = pair.ModifyIndex;

    /// <summary>What is stored, as it is.</summary>
    public ReadOnlyMemory<byte> Value => pair.Value;

    /// <summary>What of it is left, as far as is known.</summary>
    public Cursor Cursor { get; private set; } = Cursor.Whole(key.Count);

    /// <summary>The ModifyIndex of the cursor's key; 0: there is none.</summary>
    public ulong CursorIndex { get; private set; }

    /// <summary>Why it cannot be read; null: it can, as far as is known.</summary>
    public ConsulMqException? Damage { get; private set; }

    /// <summary>Whether it was consumed or taken away by somebody else.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether a message can be taken from it.</summary>
    public bool IsOpen => !IsGone && Damage is null && Cursor.Left > SpoiltLeft;

    /// <summary>How many of its messages have a body that cannot be read. They stay, and consumers pass over them.</summary>
    private int SpoiltLeft => _spoilt?.Count(Cursor.Has) ?? 0;

    /// <summary>Whether the message at an offset can be taken, as far as is known.</summary>
    public bool Has(int offset) => Cursor.Has(offset) && _spoilt?.Contains(offset) != true;

    /// <summary>Notes that the body of a message cannot be read.</summary>
    public void Spoil(int offset, ConsulMqException damage)
    {
        if ((_spoilt ??= []).Add(offset))
            found.Add(damage);
    }

    /// <summary>The order in which entries of the log were committed.</summary>
    public static int ByCommit(StoredEntry a, StoredEntry b) =>
        a.CreateIndex != b.CreateIndex ? a.CreateIndex.CompareTo(b.CreateIndex) : a.Key.Ordinal.CompareTo(b.Key.Ordinal);

    /// <summary>Sets what is left after a write.</summary>
    public void Advance(Cursor cursor, ulong index)
    {
        Cursor = cursor;
        CursorIndex = index;
        IsGone |= cursor.Left == 0;
    }

    /// <summary>Takes over a cursor that was read; null: there is none.</summary>
    public void TakeCursor(KvPair? cursor)
    {
        if (cursor is null)
        {
            Cursor = Cursor.Whole(Key.Count);
            CursorIndex = 0;
        }
        else if (Cursor.TryParse(cursor.Value.Span, Key.Count) is { } parsed)
        {
            Cursor = parsed;
            CursorIndex = cursor.ModifyIndex;
        }
        else
        {
            Report(Corrupt(Key.Cursor, $"it is not a cursor of an entry of {Key.Count} messages"));
        }
    }

    /// <summary>Its messages, all of them; null: it is damaged.</summary>
    public Message[]? Messages()
    {
        if (_messages is null && Damage is null)
        {
            try
            {
                var messages = EntryCodec.Read(pair.Value.Span, Key.Count);
                if (Key.Place is EntryPlace.Front or EntryPlace.InFlight && Array.Exists(messages, static m => m.Rank is null))
                    throw new FormatException("a message in the front set or in flight has no rank");
                _messages = messages;
            }
            catch (FormatException e)
            {
                Report(Corrupt(Key.Key, e.Message));
            }
        }

        return _messages;
    }

    /// <summary>The place of one of its messages.</summary>
    public Rank RankOf(int offset) => Key.Place == EntryPlace.Log ? Rank.Natural(CreateIndex, Key.Ordinal, offset) : _messages![offset].Rank!;

    /// <summary>The place of one of its messages, before anybody asks for it.</summary>
    public Place PlaceOf(int offset) => Key.Place == EntryPlace.Log ? new Place(CreateIndex, Key.Ordinal, offset, null) : new Place(0, 0, 0, _messages![offset].Rank);

    private void Report(ConsulMqException damage)
    {
        Damage = damage;
        found.Add(damage);
    }

    public static ConsulMqException Corrupt(string key, string why) => new(
        ConsulMqError.CorruptEntry,
        $"Key '{key}' cannot be read: {why}. Nothing was touched.", key)
    {
        RecommendedAction = $"Repair its value or delete it (consul kv delete '{key}').",
    };
}
