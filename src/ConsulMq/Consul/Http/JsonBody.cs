using System.Text.Json;

namespace ConsulMq.Consul.Http;

/// <summary>Writes the bodies of rare requests.</summary>
internal static class JsonBody
{
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            write(json);
        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }
}
