using System.Text;
using ConsulMq.Consul;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation;

/// <summary>Requests in words, for stories.</summary>
internal static class Wording
{
    public static string Of(KvOperation[] operations, QueueKeys keys)
    {
        var text = new StringBuilder();
        foreach (var operation in operations)
        {
            if (text.Length > 0)
                text.Append(", ");
            text.Append(operation.Verb).Append(' ').Append(Short(operation.Key, keys));
            if (operation.Verb is KvVerb.Cas or KvVerb.CheckIndex or KvVerb.DeleteCas)
                text.Append('@').Append(operation.Index);
            if (operation.Key.StartsWith(keys.Root + "r/", StringComparison.Ordinal))
                text.Append(' ').Append(ReceiptCodec.Operation(operation.Value.Span));
            else if (operation.Value.Length is > 0 and < 100)
                text.Append(' ').Append(Encoding.UTF8.GetString(operation.Value.Span));
        }

        return text.ToString();
    }

    public static string Of(TransactionResult result) =>
        result.Committed ? result.Index > 0 ? $"committed @{result.Index}" : "ok" : $"refused: {string.Join("; ", result.Failures.Select(static f => $"#{f.OpIndex} {f.What}"))}";

    public static string Short(string key, QueueKeys keys) =>
        key.StartsWith(keys.Root, StringComparison.Ordinal) ? key.Substring(keys.Root.Length) : key;
}
