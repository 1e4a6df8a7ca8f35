namespace ConsulMq.Consul;

/// <summary>The verbs of a transaction's operations, named as in Consul's API.</summary>
public enum KvVerb
{
    /// <summary>Writes a value.</summary>
    Set,

    /// <summary>Writes a value if the key's ModifyIndex is the given one; index 0: if the key is missing.</summary>
    Cas,

    /// <summary>Locks a key for a session and writes its value. Fails if another session holds it, or the session is gone.</summary>
    Lock,

    /// <summary>Unlocks a key that the session holds and writes its value.</summary>
    Unlock,

    /// <summary>Reads a key; a missing one fails the transaction.</summary>
    Get,

    /// <summary>Reads all under a prefix; an empty one is no failure.</summary>
    GetTree,

    /// <summary>Fails unless the key's ModifyIndex is the given one.</summary>
    CheckIndex,

    /// <summary>Fails unless the session holds the key.</summary>
    CheckSession,

    /// <summary>Fails if the key exists.</summary>
    CheckNotExists,

    /// <summary>Deletes a key; a missing one is no failure.</summary>
    Delete,

    /// <summary>Deletes all under a prefix.</summary>
    DeleteTree,

    /// <summary>
    /// Deletes a key if its ModifyIndex is the given one. Trap: a missing key is no failure, so two clients that race with it both "win".
    /// The queue never uses it.
    /// </summary>
    DeleteCas,
}

/// <summary>One operation of a transaction.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Key">The key, or the prefix for the tree verbs.</param>
/// <param name="Value">The value, for the verbs that write one. Not copied: it must not change until the transaction is done.</param>
/// <param name="Index">The ModifyIndex, for the verbs that compare one.</param>
/// <param name="Session">The session, for the verbs that need one.</param>
public readonly record struct KvOperation(KvVerb Verb, string Key, ReadOnlyMemory<byte> Value = default, ulong Index = 0, string? Session = null)
{
    /// <summary>Writes a value.</summary>
    public static KvOperation Set(string key, ReadOnlyMemory<byte> value) => new(KvVerb.Set, key, value);

    /// <summary>Writes a value if the key's ModifyIndex is <paramref name="index"/>; 0: if it is missing.</summary>
    public static KvOperation Cas(string key, ulong index, ReadOnlyMemory<byte> value) => new(KvVerb.Cas, key, value, index);

    /// <summary>Locks a key for a session and writes its value.</summary>
    public static KvOperation Lock(string key, string session, ReadOnlyMemory<byte> value) => new(KvVerb.Lock, key, value, 0, session);

    /// <summary>Reads a key; a missing one fails the transaction.</summary>
    public static KvOperation Get(string key) => new(KvVerb.Get, key);

    /// <summary>Reads all under a prefix.</summary>
    public static KvOperation GetTree(string prefix) => new(KvVerb.GetTree, prefix);

    /// <summary>Fails unless the key's ModifyIndex is <paramref name="index"/>; a missing key fails.</summary>
    public static KvOperation CheckIndex(string key, ulong index) => new(KvVerb.CheckIndex, key, default, index);

    /// <summary>Fails if the key exists.</summary>
    public static KvOperation CheckNotExists(string key) => new(KvVerb.CheckNotExists, key);

    /// <summary>Deletes a key; a missing one is no failure, so use it beside <see cref="CheckIndex"/>.</summary>
    public static KvOperation Delete(string key) => new(KvVerb.Delete, key);

    /// <summary>Deletes all under a prefix.</summary>
    public static KvOperation DeleteTree(string prefix) => new(KvVerb.DeleteTree, prefix);

    /// <summary>What a token has to be allowed for it. Consul asks for the right to write where the absence of a key is checked.</summary>
    public ConsulPermission Needs => Verb is KvVerb.Get or KvVerb.GetTree or KvVerb.CheckIndex or KvVerb.CheckSession
        ? ConsulPermission.KeyRead(Key)
        : ConsulPermission.KeyWrite(Key);

    /// <summary>Whether the operation changes nothing and only gives or checks.</summary>
    public bool IsRead => Verb is KvVerb.Get or KvVerb.GetTree or KvVerb.CheckIndex or KvVerb.CheckNotExists or KvVerb.CheckSession;
}
