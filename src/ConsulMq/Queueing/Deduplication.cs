using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>What is known of an item that is to be pushed once.</summary>
/// <param name="key">Its deduplication ID, as it stands in keys.</param>
internal sealed class Deduplication(string key)
{
    /// <summary>What it costs in a transaction.</summary>
    public const int Operations = 3;

    public string Key { get; } = key;

    /// <summary>The message that was pushed under the ID before; null: none, as far as is known.</summary>
    public SeenMessage? First { get; set; }

    /// <summary>An earlier item of the same stream with the same ID.</summary>
    public Deduplication? Leader { get; set; }

    /// <summary>What the last transaction says of this item itself.</summary>
    public SeenMessage? Own { get; set; }

    /// <summary>Whether that transaction committed.</summary>
    public bool IsPushed { get; set; }

    /// <summary>A key of the window before, whose time is over: it may be there, if it is the same still.</summary>
    public (string Key, ulong Index)? Old { get; set; }

    /// <summary>Why nobody can tell; null: it can be told.</summary>
    public ConsulMqException? Damage { get; set; }

    /// <summary>The message that this one is a duplicate of; null: of none.</summary>
    public SeenMessage? Original => First ?? Leader?.First ?? (Leader?.IsPushed == true ? Leader.Own : null);
}
