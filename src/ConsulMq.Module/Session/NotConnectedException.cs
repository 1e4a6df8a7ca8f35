namespace ConsulMq.Session;

/// <summary>The last <c>Connect-ConsulMq</c> failed, and no connection takes the place of the one that was meant.</summary>
internal sealed class NotConnectedException() : Exception("The last Connect-ConsulMq failed, so there is no current connection: what is meant for one Consul does not go to another.");
