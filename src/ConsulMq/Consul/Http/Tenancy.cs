using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Consul.Http;

/// <summary>
/// The namespace and the partition that a connection works in (Consul Enterprise). Requests have them in their query; a transaction does not look there,
/// and each of its operations has to name them: without, it works in the default namespace, and says nothing.
/// </summary>
internal sealed class Tenancy
{
    /// <summary>What the open edition says of such a parameter, where it looks at it.</summary>
    private const string Refusal = "Enterprise feature";

    private readonly string? _partition;
    private readonly byte[] _members;

    public Tenancy(ConsulOptions options)
    {
        _partition = options.Partition;
        var members = new List<KeyValuePair<string, string>>();
        if (!string.IsNullOrEmpty(options.Namespace))
            members.Add(new("Namespace", options.Namespace!));
        if (!string.IsNullOrEmpty(options.Partition))
            members.Add(new("Partition", options.Partition!));
        _members = Encode(members);
    }

    /// <summary>Whether there is one.</summary>
    public bool IsSet => _members.Length > 0;

    /// <summary>What each operation of a transaction has behind its other members; empty: nothing.</summary>
    public ReadOnlySpan<byte> Members => _members;

    /// <summary>The error, if a version is that of the open edition, which takes no partition, and in old versions ignores one.</summary>
    public ConsulException? Problem(string version, string address) =>
        string.IsNullOrEmpty(_partition) || version.IndexOf("ent", StringComparison.Ordinal) >= 0 ? null : OpenEdition(address, version);

    /// <summary>The error, if a request was refused because there are no namespaces.</summary>
    public static ConsulException? Problem(ConsulException error) =>
        error.Fault == ConsulFault.Rejected && error.Message.IndexOf(Refusal, StringComparison.Ordinal) >= 0 ? OpenEdition(error.Address, null, error) : null;

    private static ConsulException OpenEdition(string address, string? version, Exception? inner = null) => new(ConsulFault.Rejected, address, false,
        $"Consul at {address} is the open edition{(version is null ? "" : $" ({version})")}, which has no namespaces and no partitions: those are of Consul Enterprise. Connect without them, and keep queues apart by a key prefix (-Prefix).", inner);

    private static byte[] Encode(List<KeyValuePair<string, string>> members)
    {
        if (members.Count == 0)
            return [];
        using var buffer = new PooledBuffer(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in members)
                json.WriteString(member.Key, member.Value);
            json.WriteEndObject();
        }

        // They stand in another object: a comma in front, and no braces.
        byte[] inside = buffer.WrittenSpan.ToArray();
        inside[0] = (byte)',';
        Array.Resize(ref inside, inside.Length - 1);
        return inside;
    }
}
