using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ConsulMq.Bodies;

namespace ConsulMq.Parameters;

/// <summary>
/// Lets a user say where Consul is as text (<c>host</c>, <c>host:port</c>, <c>http://host:port</c>, <c>https://host:port/path</c>, <c>unix:///path</c>, <c>[::1]:8500</c>), as a
/// <see cref="Uri"/>, or by what <c>Start-ConsulMqDevAgent</c> or <c>Connect-ConsulMq</c> returned. A host alone means Consul's port, 8500.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AddressAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        // What a job or Import-Clixml returned still says where it was.
        if (Deserialized.Is<ConsulMqDevAgent>(inputData) || Deserialized.Is<ConsulMqConnection>(inputData))
            return Deserialized.Property(inputData, nameof(ConsulMqConnection.Address)) as string ?? "";
        var value = Given.Value(inputData);
        return value switch
        {
            ConsulMqDevAgent agent => agent.Address,
            ConsulMqConnection connection => connection.Address,
            Uri { IsAbsoluteUri: true } uri => uri.AbsoluteUri,
            string text when !Regex.IsMatch(text.Trim(), "^[0-9]+$", RegexOptions.CultureInvariant) => WithPort(text.Trim()),
            null => "",
            _ => throw new ArgumentTransformationMetadataException(
                $"{Given.Name(value)} is not the address of a Consul. Give HOST, HOST:PORT, :PORT, [IPV6]:PORT, http://HOST:PORT, https://HOST:PORT, unix:///PATH, or what Start-ConsulMqDevAgent returned."),
        };
    }

    /// <summary>A host alone with Consul's port; everything else as it is.</summary>
    internal static string WithPort(string address)
    {
        if (IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 && address[0] != '[')
            return $"[{address}]:8500";
        return Regex.IsMatch(address, @"^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.%]+\])$") ? address + ":8500" : address;
    }
}
