namespace ConsulMq.Packager;

/// <summary>Something that the person who packs has to put right.</summary>
internal sealed class PackagingException(string message) : Exception(message);
