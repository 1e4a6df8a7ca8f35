using System.Text;
using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

/// <summary>Plays a history on one backend, and keeps what is needed to fill in its indexes and sessions there.</summary>
public sealed class HistoryPlayer(IConsul consul)
{
    private readonly string _prefix = $"conformance/{Guid.NewGuid():N}/";
    private readonly Dictionary<string, List<ulong>> _indexes = [];
    private readonly string?[] _sessions = new string?[RandomHistory.Sessions];
    private readonly List<string> _everySession = [];

    public async Task<TransactionResult> Run(IReadOnlyList<Step> steps)
    {
        var operations = steps.Select(step => new KvOperation(
            step.Verb,
            _prefix + step.Key,
            step.Verb is KvVerb.Set or KvVerb.Cas or KvVerb.Lock or KvVerb.Unlock ? Encoding.UTF8.GetBytes(step.Value) : default,
            step.Verb is KvVerb.Cas or KvVerb.CheckIndex or KvVerb.DeleteCas ? Index(step.Index) : 0,
            step.Session >= 0 && step.Verb is KvVerb.Lock or KvVerb.Unlock or KvVerb.CheckSession ? _sessions[Math.Max(step.Session, 0)] : null));
        return await consul.TransactAsync([.. operations], ReadConsistency.Default, CancellationToken.None);
    }

    public Task Put(string key, string value) => consul.PutAsync(_prefix + key, Encoding.UTF8.GetBytes(value), CancellationToken.None);

    public Task Delete(string key) => consul.DeleteAsync(_prefix + key, CancellationToken.None);

    public async Task NewSession(int number, SessionBehavior behavior)
    {
        if (_sessions[number] is { } old)
            await consul.DestroySessionAsync(old, CancellationToken.None);
        var id = await consul.CreateSessionAsync(new SessionRequest { Name = "history", Behavior = behavior }, CancellationToken.None);
        _sessions[number] = id;
        _everySession.Add(id);
    }

    public async Task EndSession(int number)
    {
        if (_sessions[number] is { } id)
            await consul.DestroySessionAsync(id, CancellationToken.None);
    }

    public Task<KvListing> List(string prefix) => consul.ListAsync(_prefix + prefix, default, CancellationToken.None);

    /// <summary>Everything, and remembers the indexes of it.</summary>
    public async Task<KvListing> ListAll()
    {
        var listing = await List("");
        foreach (var pair in listing.Pairs)
        {
            var name = Name(pair);
            if (!_indexes.TryGetValue(name, out var indexes))
                _indexes.Add(name, indexes = []);
            if (indexes.Count == 0 || indexes[^1] != pair.ModifyIndex)
                indexes.Add(pair.ModifyIndex);
        }
        return listing;
    }

    public string Name(KvPair pair) => pair.Key.Substring(_prefix.Length);

    /// <summary>All of a pair that must be the same on every backend.</summary>
    public string Describe(KvPair pair) =>
        $"{Name(pair)}={Encoding.UTF8.GetString(pair.Value.ToArray())} flags {pair.Flags} locks {pair.LockIndex} session {(pair.Session is null ? "none" : _everySession.IndexOf(pair.Session))}";

    public async Task CleanUp()
    {
        await consul.TransactAsync([KvOperation.DeleteTree(_prefix)], ReadConsistency.Default, CancellationToken.None);
        for (var i = 0; i < _sessions.Length; i++)
            await EndSession(i);
    }

    private ulong Index(IndexName name) =>
        name.Age >= 0 && _indexes.TryGetValue(name.Key, out var indexes) && indexes.Count > name.Age ? indexes[indexes.Count - 1 - name.Age] : 0;
}
