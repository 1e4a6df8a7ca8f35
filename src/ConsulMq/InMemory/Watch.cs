namespace ConsulMq.InMemory;

/// <summary>What a blocking query looks at.</summary>
internal enum WatchKind
{
    Key,
    Prefix,
    Sessions,
    Service,
}

/// <summary>What a blocking query looks at, by name.</summary>
internal readonly record struct Watch(WatchKind Kind, string Name)
{
    /// <summary>Whether a change of <paramref name="changed"/> is for it.</summary>
    public bool Sees(in Watch changed) => Kind switch
    {
        WatchKind.Key => changed.Kind == WatchKind.Key && changed.Name == Name,
        WatchKind.Prefix => changed.Kind == WatchKind.Key && changed.Name.StartsWith(Name, StringComparison.Ordinal),
        _ => changed == this,
    };

    public static Watch AllSessions { get; } = new(WatchKind.Sessions, "");
}
