using System.Globalization;
using System.Text;
using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>How many bytes a transaction's JSON body takes, written compactly: what Consul's limit counts.</summary>
internal static class RequestSize
{
    public static long Of(IReadOnlyList<KvOperation> operations)
    {
        // The brackets, and a comma between two.
        long size = 2 + Math.Max(0, operations.Count - 1);
        foreach (var operation in operations)
        {
            size += """{"KV":{"Verb":"","Key":""}}""".Length + Name(operation.Verb) + Text(operation.Key);
            if (operation.Verb is KvVerb.Set or KvVerb.Cas or KvVerb.Lock or KvVerb.Unlock)
                size += ",\"Value\":\"\"".Length + (((long)operation.Value.Length + 2) / 3 * 4);
            if (operation.Verb is KvVerb.Cas or KvVerb.CheckIndex or KvVerb.DeleteCas)
                size += ",\"Index\":".Length + operation.Index.ToString(CultureInfo.InvariantCulture).Length;
            if (operation.Verb is KvVerb.Lock or KvVerb.Unlock or KvVerb.CheckSession)
                size += ",\"Session\":\"\"".Length + Text(operation.Session ?? "");
        }
        return size;
    }

    private static int Name(KvVerb verb) => verb switch
    {
        KvVerb.GetTree => "get-tree".Length,
        KvVerb.CheckIndex => "check-index".Length,
        KvVerb.CheckSession => "check-session".Length,
        KvVerb.CheckNotExists => "check-not-exists".Length,
        KvVerb.DeleteTree => "delete-tree".Length,
        KvVerb.DeleteCas => "delete-cas".Length,
        _ => verb.ToString().Length,
    };

    private static int Text(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        foreach (var c in text)
            if (c is < ' ' or '"' or '\\' or '\u007f')
                size += "\\u0000".Length - 1;
        return size;
    }
}
