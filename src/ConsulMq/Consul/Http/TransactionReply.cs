using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>Reads the answers of <c>/v1/txn</c>.</summary>
internal static class TransactionReply
{
    /// <summary>The answer to a committed transaction (200).</summary>
    /// <remarks>
    /// Consul answers each <c>get</c> with its pair, each <c>get-tree</c> with any number, each deletion and <c>check-not-exists</c> with nothing, and
    /// each other operation with its key's pair, the value left out. On the hot path (no <c>get</c>) nothing of that is kept but the index.
    /// </remarks>
    public static TransactionResult Committed(ReadOnlySpan<byte> json, IReadOnlyList<KvOperation> operations)
    {
        bool reads = false, writes = false, others = false;
        for (var i = 0; i < operations.Count; i++)
        {
            switch (operations[i].Verb)
            {
                case KvVerb.Get or KvVerb.GetTree:
                    reads = true;
                    break;
                case KvVerb.Set or KvVerb.Cas or KvVerb.Lock or KvVerb.Unlock:
                    writes = others = true;
                    break;
                case KvVerb.CheckIndex or KvVerb.CheckSession:
                    others = true;
                    break;
            }
        }
        var pairs = reads ? new List<KvPair>() : null;
        var index = Results(json, pairs);
        if (pairs is not null && others)
            pairs = ReadResults.Select(operations, pairs);
        return TransactionResult.Success(pairs ?? (IReadOnlyList<KvPair>)[], writes ? index : 0);
    }

    /// <summary>The answer to a refused transaction (409): every failure.</summary>
    public static TransactionResult Refused(ReadOnlySpan<byte> json, int operations)
    {
        var reader = new Utf8JsonReader(json);
        JsonText.Next(ref reader);
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        var failures = new List<OperationFailure>();
        while (JsonText.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("Errors"u8))
            {
                JsonText.SkipValue(ref reader);
                continue;
            }
            JsonText.Next(ref reader);
            JsonText.Expect(ref reader, JsonTokenType.StartArray);
            for (JsonText.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; JsonText.Next(ref reader))
                failures.Add(Failure(ref reader, operations));
        }
        JsonText.End(ref reader);
        return failures.Count > 0 ? TransactionResult.Refused(failures) : throw new JsonException("A refusal without a reason.");
    }

    /// <summary>Reads all results, into <paramref name="pairs"/> if that is given. Returns the highest index.</summary>
    private static ulong Results(ReadOnlySpan<byte> json, List<KvPair>? pairs)
    {
        var reader = new Utf8JsonReader(json);
        JsonText.Next(ref reader);
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        ulong index = 0;
        var found = false;
        while (JsonText.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("Results"u8))
            {
                JsonText.SkipValue(ref reader);
                continue;
            }
            found = true;
            JsonText.Next(ref reader);
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            JsonText.Expect(ref reader, JsonTokenType.StartArray);
            for (JsonText.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; JsonText.Next(ref reader))
                index = Math.Max(index, Result(ref reader, pairs));
        }
        JsonText.End(ref reader);
        return found ? index : throw new JsonException("The answer has no results.");
    }

    private static ulong Result(ref Utf8JsonReader reader, List<KvPair>? pairs)
    {
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        ulong index = 0;
        while (JsonText.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("KV"u8))
            {
                JsonText.SkipValue(ref reader);
                continue;
            }
            JsonText.Next(ref reader);
            if (pairs is null)
            {
                index = ModifyIndex(ref reader);
                continue;
            }
            var pair = KvJson.Pair(ref reader);
            pairs.Add(pair);
            index = pair.ModifyIndex;
        }
        return index != 0 ? index : throw new JsonException("A result has no index.");
    }

    /// <summary>Takes the one number a writer needs, and builds nothing.</summary>
    private static ulong ModifyIndex(ref Utf8JsonReader reader)
    {
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        ulong index = 0;
        while (JsonText.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ModifyIndex"u8))
                index = JsonText.UInt64(ref reader);
            else
                JsonText.SkipValue(ref reader);
        }
        return index;
    }

    private static OperationFailure Failure(ref Utf8JsonReader reader, int operations)
    {
        JsonText.Expect(ref reader, JsonTokenType.StartObject);
        ulong? index = null;
        string? what = null;
        while (JsonText.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("OpIndex"u8))
                index = JsonText.UInt64(ref reader);
            else if (reader.ValueTextEquals("What"u8))
                what = JsonText.Text(ref reader);
            else
                JsonText.SkipValue(ref reader);
        }
        return index is { } at && at < (ulong)operations
            ? new OperationFailure((int)at, what ?? "")
            : throw new JsonException("A failure names no operation that was sent.");
    }
}
