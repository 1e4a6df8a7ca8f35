using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>A message where it stands in the order of its queue.</summary>
/// <param name="Entry">Its entry.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="Position">How many messages come before it, expired ones not counted; null: nobody has counted.</param>
internal readonly record struct Spot(StoredEntry Entry, int Offset, long? Position = null)
{
    public Message Message => Entry.Messages()![Offset];

    public Rank Rank => Entry.RankOf(Offset);

    /// <summary>Whether it was still there, as far as is known.</summary>
    public bool IsThere => Entry.IsOpen && Entry.Has(Offset);
}
