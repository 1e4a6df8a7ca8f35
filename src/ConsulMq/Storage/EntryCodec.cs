namespace ConsulMq.Storage;

/// <summary>An entry's value: 1 to n messages as JSON Lines.</summary>
internal static class EntryCodec
{
    /// <summary>An entry's value without some of its lines; the others stay as they are, whoever wrote them.</summary>
    public static byte[] Without(ReadOnlySpan<byte> value, ICollection<int> lines)
    {
        var rest = new byte[value.Length];
        var length = 0;
        for (var line = 0; !value.IsEmpty; line++)
        {
            var end = value.IndexOf((byte)'\n');
            var text = end < 0 ? value : value.Slice(0, end);
            value = end < 0 ? default : value.Slice(end + 1);
            if (text.IsEmpty || lines.Contains(line))
                continue;
            if (length > 0)
                rest[length++] = (byte)'\n';
            text.CopyTo(rest.AsSpan(length));
            length += text.Length;
        }

        return rest.AsSpan(0, length).ToArray();
    }

    /// <summary>Reads all messages of an entry. The line breaks may be a person's: <c>\r\n</c>, or one behind the last line.</summary>
    /// <exception cref="FormatException">A line is not a message, or their number is not the one in the entry's name.</exception>
    public static Message[] Read(ReadOnlySpan<byte> value, int count)
    {
        // The count comes from a key's name, which anybody can write: never allocate by it what the value cannot hold.
        if (count > 1 + (value.Length / 2))
            throw new FormatException($"it should hold {count} messages and has only {value.Length} bytes");
        var messages = new Message[count];
        var line = 0;
        while (!value.IsEmpty)
        {
            var end = value.IndexOf((byte)'\n');
            var text = end < 0 ? value : value.Slice(0, end);
            value = end < 0 ? default : value.Slice(end + 1);
            if (text.Length > 0 && text[text.Length - 1] == (byte)'\r')
                text = text.Slice(0, text.Length - 1);
            if (text.IsEmpty && value.IsEmpty)
                break;
            if (line == count)
                throw new FormatException($"it holds more lines than the {count} in its name");
            try
            {
                messages[line++] = MessageReader.Read(text);
            }
            catch (FormatException e)
            {
                throw new FormatException($"line {line} is not a message: {e.Message}", e);
            }
        }

        return line == count ? messages : throw new FormatException($"it holds {line} lines instead of the {count} in its name");
    }
}
