using System.Text.Json;

namespace ConsulMq.Storage;

/// <summary>
/// Which messages of an entry are consumed: those before <see cref="First"/>, those from <see cref="End"/> on, and the ones gone in between.
/// Immutable and normal: the messages at First and at End - 1 are there, unless none is left. As JSON: <c>{"first":3,"end":9,"gone":[5]}</c>.
/// </summary>
internal sealed class Cursor
{
    private readonly HashSet<int>? _gone;

    private Cursor(int first, int end, HashSet<int>? gone)
    {
        First = first;
        End = end;
        _gone = gone is { Count: > 0 } ? gone : null;
    }

    public int First { get; }

    public int End { get; }

    /// <summary>How many messages are left.</summary>
    public int Left => End - First - (_gone?.Count ?? 0);

    /// <summary>The cursor of an entry of which nothing was consumed.</summary>
    public static Cursor Whole(int count) => new(0, count, null);

    /// <summary>Whether the message at this offset is still there.</summary>
    public bool Has(int offset) => offset >= First && offset < End && _gone?.Contains(offset) != true;

    /// <summary>The cursor once these messages are consumed too. Offsets that are gone already do not matter.</summary>
    public Cursor Without(IEnumerable<int> offsets)
    {
        var gone = _gone is null ? [] : new HashSet<int>(_gone);
        foreach (var offset in offsets)
        {
            if (offset >= First && offset < End)
                gone.Add(offset);
        }

        var first = First;
        var end = End;
        while (first < end && gone.Remove(first))
            first++;
        while (end > first && gone.Remove(end - 1))
            end--;
        return new Cursor(first, end, gone);
    }

    public byte[] ToJson()
    {
        using var buffer = new Internal.PooledBuffer(64);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("first", First);
            json.WriteNumber("end", End);
            if (_gone is not null)
            {
                json.WriteStartArray("gone");
                foreach (var offset in _gone.OrderBy(static o => o))
                    json.WriteNumberValue(offset);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the cursor of an entry with <paramref name="count"/> messages. Null: not a cursor of that entry.</summary>
    public static Cursor? TryParse(ReadOnlySpan<byte> value, int count)
    {
        int? first = null, end = null;
        var gone = new HashSet<int>();
        try
        {
            var json = new Utf8JsonReader(value);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("first"u8) && json.Read())
                    first = json.GetInt32();
                else if (json.ValueTextEquals("end"u8) && json.Read())
                    end = json.GetInt32();
                else if (json.ValueTextEquals("gone"u8) && json.Read() && json.TokenType == JsonTokenType.StartArray)
                    while (json.Read() && json.TokenType == JsonTokenType.Number)
                        gone.Add(json.GetInt32());
                else
                    json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }

        if (first is null || end is null || first < 0 || end > count || first > end || gone.Any(o => o < first || o >= end))
            return null;
        return new Cursor(first.Value, end.Value, gone).Without([]);
    }
}
