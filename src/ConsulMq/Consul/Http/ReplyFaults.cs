using System.Text;

namespace ConsulMq.Consul.Http;

/// <summary>Makes of an answer that is none what the caller must know.</summary>
internal static class ReplyFaults
{
    private const int MostWords = 300;

    // raft.ErrLeadershipLost, raft.ErrNotLeader and their like; structs.ErrNoLeader; structs.ErrNotReadyForConsistentReads.
    private static readonly string[] NoLeader =
        ["No cluster leader", "leadership lost", "node is not the leader", "leadership transfer in progress", "not ready to serve consistent reads"];

    // What a server, or a client agent, says while the one that it passes requests on to is gone, and it does not know that yet.
    private static readonly string[] LeaderAway =
    [
        "rpc error getting client", "No known Consul servers", "leader not found in server lookup",
        "rpc error making call: EOF", "rpc error making call: unexpected EOF", "rpc error making call: read tcp", "rpc error making call: write tcp",
        "rpc error making call: stream closed", "rpc error making call: session shutdown", "rpc error making call: i/o deadline reached", "rpc error making call: connection write timeout",
    ];

    // Consul answers these with 500, though no later try can do better.
    private static readonly string[] Refusals =
        ["No path to datacenter", "does not have associated TTL", "Unknown check", "Unknown service"];

    // A token that Consul does not know, or does not know any more, lacks no permission.
    private const string Unknown = "ACL not found";

    /// <summary>The exception for an answer whose status is not the one hoped for.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="address">Where.</param>
    /// <param name="write">Whether the request may have changed something.</param>
    /// <param name="needs">What a token has to be allowed for the request; null: it is not known.</param>
    public static ConsulException Of(in Reply reply, string address, bool write, ConsulPermission? needs = null)
    {
        var words = Words(reply.Body);
        var status = reply.Status;
        if (status is 401 or 403 || (status >= 500 && Says(words, "Permission denied", Unknown)))
            return Denied(address, words, needs);
        if (status == 400 && Says(words, "HTTP request to an HTTPS server"))
            return new ConsulException(ConsulFault.TlsFailure, address, false, $"The port of {address} speaks TLS: use https:// in the address.");
        switch (status)
        {
            case 413:
                return Make(ConsulFault.TooLarge, false, "will not take a request of this size");
            case 429:
                return Make(ConsulFault.TooManyRequests, false, "asks for fewer requests");
            case 404:
                return new ConsulException(ConsulFault.Rejected, address, false, $"What answers at {address} does not know the request (404{(words.Length > 0 ? ": " + words : "")}). Is it Consul?");
            case >= 300 and < 400:
                return new ConsulException(ConsulFault.BadReply, address, write, $"{address} redirects elsewhere ({status}), which Consul's API never does for a request of ours; is it Consul?");
            case >= 400 and < 500:
                return Make(ConsulFault.Rejected, false, $"refuses the request ({status})");
        }
        // A proxy in front may have resent a request whose first copy committed, so even a plain "No cluster leader" does not prove that nothing did.
        if (status >= 500 && Says(words, NoLeader))
            return Make(ConsulFault.NoLeader, write, "has no leader at the moment");
        if (status >= 500 && Says(words, LeaderAway))
            return Make(ConsulFault.NoLeader, write, "cannot reach its cluster's leader at the moment");
        if (status >= 500 && Says(words, Refusals))
            return Make(ConsulFault.Rejected, false, "refuses the request");
        if (status >= 500 && Says(words, "rate limit exceeded"))
            return Make(ConsulFault.TooManyRequests, write, "asks for fewer requests");
        return status >= 500
            ? Make(ConsulFault.ServerError, write, $"failed ({status})")
            : Make(ConsulFault.BadReply, write, $"gave an unexpected answer ({status})");

        ConsulException Make(ConsulFault fault, bool mayHaveCommitted, string what) =>
            new(fault, address, mayHaveCommitted, $"Consul at {address} {what}{(words.Length > 0 ? ": " + words : ".")}");
    }

    /// <summary>The exception for a transaction that was refused for lack of permission: Consul reports that as a failed operation, though no race was lost.</summary>
    public static ConsulException? Denied(TransactionResult refused, IReadOnlyList<KvOperation> operations, string address)
    {
        foreach (var failure in refused.Failures)
        {
            if (failure.What.StartsWith("Permission denied", StringComparison.Ordinal) || Says(failure.What, Unknown))
                return Denied(address, Clip(failure.What), failure.OpIndex >= 0 && failure.OpIndex < operations.Count ? operations[failure.OpIndex].Needs : null);
        }
        return null;
    }

    private static ConsulException Denied(string address, string words, ConsulPermission? needs) =>
        new(ConsulFault.AclDenied, address, false, $"Consul at {address} denies access{(words.Length > 0 ? ": " + words : ".")}")
        {
            Missing = Says(words, Unknown) ? null : needs,
        };

    /// <summary>The exception for an answer that is not what Consul sends.</summary>
    public static ConsulException Garbage(string address, bool write, Exception inner) => new(ConsulFault.BadReply, address, write,
        $"{address} gave an answer that is not one of Consul's: {Clip(inner.Message)}", inner);

    /// <summary>The answer's text in one line, if it is text of Consul's and not a page of some proxy.</summary>
    private static string Words(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Slice(0, Math.Min(body.Length, 4 * MostWords)).ToArray()).Trim();
        return text.StartsWith("<", StringComparison.Ordinal) ? "" : Clip(text);
    }

    private static string Clip(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, MostWords));
        foreach (var c in text)
        {
            if (line.Length == MostWords)
                return line.Append("...").ToString();
            line.Append(char.IsControl(c) ? ' ' : c);
        }
        return line.ToString();
    }

    private static bool Says(string words, params string[] any) =>
        Array.Exists(any, word => words.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);
}
