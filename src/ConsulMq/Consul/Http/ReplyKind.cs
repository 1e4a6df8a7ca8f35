namespace ConsulMq.Consul.Http;

/// <summary>What an answer is to be. It says how long it may be, and whether its first byte tells that it is something else.</summary>
internal enum ReplyKind
{
    /// <summary>JSON about one thing, or an acknowledgement: at most 16 MiB.</summary>
    Single,

    /// <summary>JSON about any number of things: up to the limit of the options.</summary>
    Listing,

    /// <summary>A value as it is: at most 16 MiB. Any byte can be its first.</summary>
    Raw,
}
