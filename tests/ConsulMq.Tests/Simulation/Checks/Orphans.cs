using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation.Checks;

/// <summary>What may be left in the store when nothing is in any queue any more.</summary>
internal sealed class Orphans(World world)
{
    /// <summary>
    /// Just after the last message is gone: the index, the settings, receipts, deduplication IDs, and the marks of uploads and their chunks, whose producers
    /// may be at work for all that is known. Nothing that belongs to a message, a lease or a session.
    /// </summary>
    public void CheckDrained() => Check("in an empty queue", static (key, keys) =>
        IsOfQueue(key, keys) || key.StartsWith(keys.Receipts, StringComparison.Ordinal) || key.StartsWith(keys.Seen, StringComparison.Ordinal));

    /// <summary>Days later: the index, the settings, and the receipts of those who looked after the queue since.</summary>
    /// <param name="keepers">Their names.</param>
    public void CheckOld(IReadOnlyCollection<string> keepers) => Check("after days", (key, keys) =>
        IsOfQueue(key, keys) || keepers.Any(name => key.StartsWith(keys.Receipt(name), StringComparison.Ordinal)));

    private static bool IsOfQueue(string key, QueueKeys keys) => key == keys.Head || key == keys.Tail || key == keys.Due || key == keys.Info;

    private void Check(string when, Func<string, QueueKeys, bool> mayBeLeft)
    {
        var listing = world.Server.KeysAsync("consulmq/", null, default, CancellationToken.None).GetAwaiter().GetResult();
        if (listing.Keys.FirstOrDefault(key => !mayBeLeft(key, world.KeysOf(key))) is { } orphan)
            world.Fail($"{orphan} is left behind {when}.");
    }
}
