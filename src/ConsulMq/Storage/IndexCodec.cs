using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ConsulMq.Storage;

/// <summary>The head of a queue: where consumers are.</summary>
/// <param name="Page">The page they consume from.</param>
/// <param name="Front">
/// Whether the front set may hold entries. Who inserts sets it, in the write that touches the head; who finds the front set empty may write it as
/// false. So a queue that never had anything in front is consumed without ever listing that prefix, nor its tombstones.
/// </param>
internal readonly record struct HeadState(long Page, bool Front);

/// <summary>The tail of a queue as it is stored.</summary>
/// <param name="Page">The page that pushes go to.</param>
/// <param name="Most">
/// In a queue with a most depth: how many messages were ready at most when this was written, for consumers only take; null: nobody has counted.
/// </param>
internal readonly record struct StoredTail(long Page, long? Most = null);

/// <summary>The values of a queue's index keys.</summary>
internal static class IndexCodec
{
    /// <summary>The first page of a new queue.</summary>
    public const long FirstPage = 1;

    /// <summary>No queue ever gets there: a higher number is damage, and one more than the highest of all would be a negative one.</summary>
    private const long LastPage = 1L << 60;

    /// <summary>The head's value.</summary>
    /// <param name="head">What it says.</param>
    /// <param name="replaces">The ModifyIndex that this write replaces: it makes the value new each time, for Consul ignores a write of an equal one.</param>
    public static byte[] Head(HeadState head, ulong replaces) => Encoding.ASCII.GetBytes(string.Format(
        CultureInfo.InvariantCulture, """{{"page":{0},"touch":{1}{2}}}""", head.Page, replaces, head.Front ? ",\"front\":true" : ""));

    /// <summary>The tail's value, on a new page.</summary>
    public static byte[] Tail(long page) => Encoding.ASCII.GetBytes(string.Format(CultureInfo.InvariantCulture, """{{"page":{0}}}""", page));

    /// <summary>The signal of those who schedule.</summary>
    /// <param name="due">When the message is due, in milliseconds since 1970.</param>
    /// <param name="touch">The ID of its entry: it makes the value new each time, for Consul ignores a write of an equal one.</param>
    public static byte[] Due(long due, string touch) => Encoding.ASCII.GetBytes(string.Format(
        CultureInfo.InvariantCulture, """{{"due":{0},"touch":"{1}"}}""", due, touch));

    /// <summary>Reads when the message of a signal is due. Damage reads as 0: what matters is that somebody wrote it.</summary>
    public static long ParseDue(ReadOnlySpan<byte> value) => Math.Max(JsonProperty.Number(value, "due"u8) ?? 0, 0);

    /// <summary>The tail's value in a queue with a most depth.</summary>
    /// <param name="tail">What it says.</param>
    /// <param name="replaces">The ModifyIndex that this write replaces: it makes the value new each time, as in the head.</param>
    public static byte[] Tail(StoredTail tail, ulong replaces) => Encoding.ASCII.GetBytes(string.Format(
        CultureInfo.InvariantCulture, """{{"page":{0},"touch":{1}{2}}}""", tail.Page, replaces,
        tail.Most is { } most ? ",\"most\":" + most.ToString(CultureInfo.InvariantCulture) : ""));

    /// <summary>Reads a head. Null: damage.</summary>
    public static HeadState? ParseHead(ReadOnlySpan<byte> value) =>
        Parse(value, out var page, out var front, out _) ? new HeadState(page, front) : null;

    /// <summary>Reads a tail. Null: damage.</summary>
    public static StoredTail? ParseTail(ReadOnlySpan<byte> value) =>
        Parse(value, out var page, out _, out var most) ? new StoredTail(page, most) : null;

    private static bool Parse(ReadOnlySpan<byte> value, out long page, out bool front, out long? most)
    {
        page = -1;
        front = false;
        most = null;
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("page"u8) && json.Read())
                    page = json.GetInt64();
                else if (json.ValueTextEquals("front"u8) && json.Read())
                    front = json.GetBoolean();
                else if (json.ValueTextEquals("most"u8) && json.Read())
                    most = json.GetInt64();
                else
                    json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }

        return page is >= 0 and <= LastPage;
    }
}
