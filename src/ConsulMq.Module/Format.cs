using System.Globalization;
using System.Management.Automation;
using System.Text;
using ConsulMq.Bodies;
using ConsulMq.Internal;

namespace ConsulMq;

/// <summary>What the module's views show. Text that comes from a queue never reaches the terminal with control characters in it.</summary>
public static class Format
{
    private const int PreviewLength = 160;

    /// <summary>The start of a body on one line; that of a push that was none, because its deduplication ID had been pushed before, is marked.</summary>
    /// <param name="item">The message, also one from a file of <c>Export-Clixml</c> or from a job.</param>
    public static string Preview(object? item) => Plain(item) switch
    {
        QueueObject message => Marked(message.IsDuplicate, Start(message)),
        { } other when DeserializedItem.From(other) is { } message => Marked(message.IsDuplicate, Start(message)),
        _ => "",
    };

    /// <summary>Where a message is: its position, or why it has none.</summary>
    /// <param name="item">The message.</param>
    public static string Where(object? item)
    {
        var (state, position) = Plain(item) switch
        {
            QueueObject message => (message.State, message.Position),
            { } other when DeserializedItem.From(other) is { } message => (message.State, message.Position),
            _ => (null, null),
        };
        return state switch
        {
            MessageState.Dead => $"dead {position}",
            MessageState.Ready or null => $"{position}",
            { } other => Name(other),
        };
    }

    /// <summary>A state in words.</summary>
    /// <param name="state">The state.</param>
    public static string Name(MessageState state) => state switch
    {
        MessageState.InFlight => "in flight",
        MessageState.Scheduled => "scheduled",
        MessageState.Dead => "dead letters",
        _ => "ready",
    };

    /// <summary>The body for a list: its lines as they are, up to a few thousand characters.</summary>
    /// <param name="item">The message.</param>
    public static string Body(object? item) => Plain(item) switch
    {
        QueueObject message => Whole(message.HasContent ? message.ReadContent() : null, message.ContentType) ?? Start(message),
        { } other when DeserializedItem.From(other) is { } message => Whole(message.Content, message.ContentType) ?? Start(message),
        _ => "",
    };

    /// <summary>How long ago, in one or two characters and a unit: <c>5s</c>, <c>12m</c>, <c>3h</c>, <c>9d</c>.</summary>
    /// <param name="time">The moment; null: empty.</param>
    public static string Age(object? time) => Duration(DateTimeOffset.UtcNow - Deserialized.Time(time));

    /// <summary>How long until then: <c>5s</c>; <c>expired</c>; empty for never.</summary>
    /// <param name="deadline">The moment.</param>
    public static string Left(object? deadline) =>
        Deserialized.Time(deadline) is not { } time ? "" : time <= DateTimeOffset.UtcNow ? "expired" : Duration(Rounded(time - DateTimeOffset.UtcNow));

    /// <summary>Ten minutes that have just begun are ten minutes.</summary>
    private static TimeSpan Rounded(TimeSpan left) => left + TimeSpan.FromSeconds(left switch
    {
        { TotalSeconds: < 99.5 } => 0.5,
        { TotalMinutes: < 99.5 } => 30,
        { TotalHours: < 47.5 } => 1800,
        _ => 43200,
    });

    /// <summary>A time span in its largest unit. Below zero, as where clocks differ, is zero.</summary>
    /// <param name="span">The time span; null: empty.</param>
    public static string Duration(TimeSpan? span) => span is { } time ? ShortDuration.Of(time) : "";

    /// <summary>A number a second in up to six characters: <c>0</c>, <c>3.2</c>, <c>480</c>, <c>12k</c>.</summary>
    /// <param name="rate">The number; null: empty.</param>
    public static string Rate(double? rate) => rate switch
    {
        null => "",
        < 0.05 => "0",
        < 99.95 => rate.Value.ToString("0.0", CultureInfo.InvariantCulture),
        < 9999.5 => rate.Value.ToString("0", CultureInfo.InvariantCulture),
        _ => Math.Floor(Math.Min(rate.Value / 1000, 99999)).ToString("0", CultureInfo.InvariantCulture) + "k",
    };

    /// <summary>A number of bytes for people: <c>812 B</c>, <c>1.5 KiB</c>, <c>12 MiB</c>.</summary>
    /// <param name="bytes">The number.</param>
    public static string Size(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double number = bytes;
        var unit = 0;
        for (; number >= 1000 && unit < units.Length - 1; unit++)
            number /= 1024;
        return number.ToString(unit > 0 && number < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary>Words, joined.</summary>
    /// <param name="words">Tags.</param>
    public static string Words(object? words) => OneLine(string.Join(", ", Deserialized.Words(words)), PreviewLength);

    /// <summary>Headers as <c>name=value</c>.</summary>
    /// <param name="headers">Headers.</param>
    public static string Headers(object? headers) => Words(Deserialized.Pairs(headers).Select(static header => header.Key + "=" + header.Value));

    /// <summary>Text on one line, cut at a length, with a visible sign for each control character.</summary>
    /// <param name="text">Any text; of anything else, its text.</param>
    /// <param name="length">How many characters at most.</param>
    public static string OneLine(object? text, int length = PreviewLength) => Clean(text as string ?? Text(text), length, keepLines: false);

    private static object? Plain(object? item) => item is PSObject { BaseObject: QueueObject message } ? message : item;

    private static string Marked(bool isDuplicate, string start) => isDuplicate ? OneLine($"(duplicate) {start}") : start;

    // What went through a file is not read again to show its beginning.
    private static string Start(QueueObject item) =>
        item.HasContent ? Start(item.ReadContent(), item.ContentType, () => item.Body) : OneLine(item.Body is FileInfo file ? file.FullName : "");

    private static string Start(DeserializedItem item) => item.Content is { } content ? Start(content, item.ContentType, () => item.Body) : OneLine(Text(item.Body));

    private static string Start(MessageBody content, string? contentType, Func<object?> body)
    {
        if (content.Kind == BodyKind.Bytes)
            return Hex(content.Bytes.Span);
        if (content.Kind == BodyKind.Text)
            return OneLine(contentType == BodyWriter.CliXmlContentType ? Text(body()) : content.Text!);
        var bytes = content.Bytes.Span;
        return OneLine(Encoding.UTF8.GetString(bytes.Slice(0, Math.Min(bytes.Length, PreviewLength * 3)).ToArray()));
    }

    /// <summary>Text that is shown as it is; null: it is something else.</summary>
    private static string? Whole(MessageBody? content, string? contentType) =>
        content is { Kind: BodyKind.Text, Text: { } text } && contentType != BodyWriter.CliXmlContentType ? Clean(text, 4000, keepLines: true) : null;

    private static string Clean(string text, int length, bool keepLines)
    {
        var cut = text.Length > length;
        var end = cut ? length - 1 : text.Length;
        var clean = new StringBuilder(end + 1);
        for (var i = 0; i < end; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                clean.Append(c).Append(text[++i]);
            else
                clean.Append(keepLines && c is '\n' or '\t' ? c : Visible(c));
        }

        return (cut ? clean.Append('…') : clean).ToString();
    }

    /// <summary>A character that does nothing but show: Unicode has pictures of the control characters, and marks that turn the direction of text could hide some.</summary>
    private static char Visible(char c) => c switch
    {
        < ' ' => (char)(0x2400 + c),
        '\u007f' => '\u2421',
        '\u2028' or '\u2029' => '\u2424',
        _ when char.IsControl(c) || char.IsSurrogate(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => '\ufffd',
        _ => c,
    };

    private static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Math.Min(bytes.Length, 16); i++)
            text.Append(i == 0 ? "" : " ").Append(bytes[i].ToString("x2", CultureInfo.InvariantCulture));
        return (bytes.Length > 16 ? text.Append(" …") : text).ToString();
    }

    private static string Text(object? body) => body is null ? "" : LanguagePrimitives.ConvertTo<string>(body);
}
