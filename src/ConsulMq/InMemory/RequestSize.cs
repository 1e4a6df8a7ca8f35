using System.Text;
using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>How many bytes a transaction's JSON body takes at least: compact, every value in base64.</summary>
internal static class RequestSize
{
    // {"KV":{"Verb":"","Key":""}} and the comma between two.
    private const int Frame = 28;

    public static long Of(IReadOnlyList<KvOperation> operations)
    {
        long size = 2;
        foreach (var operation in operations)
        {
            size += Frame + operation.Verb.ToString().Length + Encoding.UTF8.GetByteCount(operation.Key);
            if (operation.Value.Length > 0)
                size += ",\"Value\":\"\"".Length + ((operation.Value.Length + 2) / 3 * 4);
            if (operation.Index > 0)
                size += ",\"Index\":".Length + operation.Index.ToString().Length;
            if (operation.Session is { } session)
                size += ",\"Session\":\"\"".Length + session.Length;
        }
        return size;
    }
}
