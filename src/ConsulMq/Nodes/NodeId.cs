using System.Globalization;
using ConsulMq.Internal;

namespace ConsulMq.Nodes;

/// <summary>IDs at an agent that tell a person who it is: <c>consulmq-HOST-PROCESS-4f09c2</c>.</summary>
internal static class NodeId
{
    /// <summary>A new one.</summary>
    /// <param name="name">What it begins with.</param>
    /// <param name="settings">The client's name, and randomness: one process may have several connections.</param>
    public static string New(string name, ConnectionSettings settings) =>
        string.Concat(PlainText.Of(name), "-", settings.ClientName, "-") + (settings.Random.NextUInt64() >> 40).ToString("x6", CultureInfo.InvariantCulture);
}
