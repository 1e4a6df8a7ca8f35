using System.Text;
using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>Tells what reads gave from what the other operations of the same transaction gave.</summary>
internal static class ReadResults
{
    /// <summary>The pairs of <c>get</c> and <c>get-tree</c> among all <paramref name="results"/>, which are in the order of the operations.</summary>
    /// <remarks>
    /// Results do not say whose they are, so they are matched by key. What follows the last tree is matched from the end, because a tree takes any
    /// number: a key written right behind it might else be taken for one more of its own. A result may be missing where the token may not read its key.
    /// </remarks>
    public static List<KvPair> Select(IReadOnlyList<KvOperation> operations, List<KvPair> results)
    {
        var lastTree = operations.Count - 1;
        while (lastTree >= 0 && operations[lastTree].Verb != KvVerb.GetTree)
            lastTree--;

        var end = results.Count;
        var behind = new List<KvPair>();
        for (var i = operations.Count - 1; i > lastTree; i--)
        {
            if (!GivesOne(operations[i].Verb) || end == 0 || results[end - 1].Key != operations[i].Key)
                continue;
            end--;
            if (operations[i].Verb == KvVerb.Get)
                behind.Add(results[end]);
        }

        var chosen = new List<KvPair>(results.Count);
        var at = 0;
        for (var i = 0; i <= lastTree; i++)
        {
            if (operations[i].Verb == KvVerb.GetTree)
            {
                at = Tree(operations[i].Key, results, at, end, chosen);
            }
            else if (GivesOne(operations[i].Verb) && at < end && results[at].Key == operations[i].Key)
            {
                if (operations[i].Verb == KvVerb.Get)
                    chosen.Add(results[at]);
                at++;
            }
        }
        if (at != end)
            throw new JsonException("A result belongs to no operation.");
        behind.Reverse();
        chosen.AddRange(behind);
        return chosen;
    }

    /// <summary>Takes what belongs to a tree: keys under the prefix, rising.</summary>
    private static int Tree(string prefix, List<KvPair> results, int at, int end, List<KvPair> chosen)
    {
        string? last = null;
        for (; at < end; at++)
        {
            var key = results[at].Key;
            if (!key.StartsWith(prefix, StringComparison.Ordinal) || (last is not null && CompareUtf8(key, last) <= 0))
                break;
            chosen.Add(results[at]);
            last = key;
        }
        return at;
    }

    /// <summary>Consul orders keys by their bytes; UTF-16 order differs from that where surrogates meet letters above them.</summary>
    private static int CompareUtf8(string a, string b)
    {
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] == b[i])
                continue;
            return a[i] < 0x80 && b[i] < 0x80 ? a[i] - b[i] : Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
        }
        return a.Length - b.Length;
    }

    private static bool GivesOne(KvVerb verb) => verb is KvVerb.Set or KvVerb.Cas or KvVerb.Lock or KvVerb.Unlock or KvVerb.Get
        or KvVerb.CheckIndex or KvVerb.CheckSession;
}
