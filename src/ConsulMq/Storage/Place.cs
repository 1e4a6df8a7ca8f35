namespace ConsulMq.Storage;

/// <summary>Where a message was: enough to tell its rank, which few ever ask for.</summary>
/// <param name="CreateIndex">The CreateIndex of its entry in the log.</param>
/// <param name="Ordinal">The entry's ordinal in its transaction.</param>
/// <param name="Offset">Its offset in the entry.</param>
/// <param name="Rank">Its rank, if it was in the front set.</param>
internal readonly record struct Place(ulong CreateIndex, int Ordinal, int Offset, Rank? Rank)
{
    public Rank ToRank() => Rank ?? Storage.Rank.Natural(CreateIndex, Ordinal, Offset);
}
