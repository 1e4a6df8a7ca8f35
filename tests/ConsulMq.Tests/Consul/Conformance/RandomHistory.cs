using ConsulMq.Consul;

namespace ConsulMq.Tests.Consul.Conformance;

/// <summary>An index as a step of a history names it, since the number is another one on each backend.</summary>
/// <param name="Key">Whose ModifyIndex it is.</param>
/// <param name="Age">0: the current one; 1: the one before; ...; -1: zero.</param>
public readonly record struct IndexName(string Key, int Age);

/// <summary>An operation before its index and session are filled in.</summary>
public sealed record Step(KvVerb Verb, string Key, string Value, IndexName Index, int Session);

/// <summary>Random transactions over a handful of keys, the same ones for the same seed.</summary>
public sealed class RandomHistory(int seed)
{
    public const int Sessions = 3;

    /// <summary>Close enough together that prefixes, order and tombstones meet.</summary>
    public static readonly string[] Keys = ["a", "a/", "a/b", "a/b/c", "a0", "b", "é/x", "\uFFEE", "\U0001F600"];

    public static readonly string[] Prefixes = ["", "a", "a/", "a/b", "b", "é/", "none/"];

    private static readonly KvVerb[] Verbs =
    [
        KvVerb.Set, KvVerb.Set, KvVerb.Cas, KvVerb.Cas, KvVerb.Cas, KvVerb.Lock, KvVerb.Lock, KvVerb.Unlock, KvVerb.Get, KvVerb.GetTree, KvVerb.CheckIndex, KvVerb.CheckIndex,
        KvVerb.CheckSession, KvVerb.CheckNotExists, KvVerb.Delete, KvVerb.DeleteCas, KvVerb.DeleteTree,
    ];

    private readonly Random _random = new(seed);

    public bool Now(int oneIn) => _random.Next(oneIn) == 0;

    public int Session() => _random.Next(Sessions);

    public string Key() => Pick(Keys);

    public string Value() => Pick(["", "1", "2"]);

    public Step[] Transaction()
    {
        // Mostly short: a long one is nearly always refused.
        var steps = new Step[1 + Math.Min(_random.Next(5), _random.Next(5))];
        for (var i = 0; i < steps.Length; i++)
        {
            var verb = Pick(Verbs);
            var key = verb is KvVerb.GetTree ? Pick(Prefixes) : verb is KvVerb.DeleteTree && Now(2) ? Pick(Prefixes) : Key();
            // Deleting nearly everything too often would leave nothing to meet.
            if (verb is KvVerb.DeleteTree && key.Length < 2 && !Now(4))
                key = "a/b";
            var age = Now(6) ? -1 : Now(4) ? 1 + _random.Next(3) : 0;
            steps[i] = new Step(verb, key, Value(), new IndexName(key, age), _random.Next(Sessions + 1) - 1);
        }
        return steps;
    }

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
