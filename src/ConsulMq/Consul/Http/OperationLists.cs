namespace ConsulMq.Consul.Http;

/// <summary>What a list of operations is.</summary>
internal static class OperationLists
{
    /// <summary>Whether any of them changes something; if none does, Consul runs the transaction as a read.</summary>
    public static bool AnyWrite(this IReadOnlyList<KvOperation> operations)
    {
        for (var i = 0; i < operations.Count; i++)
            if (!operations[i].IsRead)
                return true;
        return false;
    }
}
