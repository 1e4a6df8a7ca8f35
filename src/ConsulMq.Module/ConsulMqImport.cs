namespace ConsulMq;

/// <summary>What became of a file that was imported.</summary>
/// <param name="Queue">The queue; null: the file was empty, or its first line broken.</param>
/// <param name="Path">The file.</param>
/// <param name="Lines">How many messages were read.</param>
/// <param name="Added">How many were pushed, and are durable.</param>
/// <param name="Skipped">How many were not, because they had been imported before or are in the queue.</param>
/// <param name="Expired">How many were not, because they have expired.</param>
public sealed record ConsulMqImport(string? Queue, string Path, long Lines, long Added, long Skipped, long Expired)
{
    /// <summary>The file.</summary>
    public override string ToString() => Path;
}
