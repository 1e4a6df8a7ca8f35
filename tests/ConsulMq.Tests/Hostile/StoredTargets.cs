using System.Text;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Hostile;

/// <summary>The values of a queue's keys.</summary>
internal static class StoredTargets
{
    private const string Id = "01930000-0000-7000-8000-000000000001";

    private static readonly QueueKeys Keys = new("consulmq", "jobs");

    public static IReadOnlyList<Target> All { get; } =
    [
        new("entry",
        [
            $$"""{"id":"{{Id}}","at":"2026-11-23T07:44:07.009Z","text":"web-042"}""",
            $$$"""{"id":"{{{Id}}}","at":"2026-11-23T07:44:07.009Z","expires":"2026-11-23T08:44:07Z","deliveries":3,"rank":[-7,0,12],"tags":["a","b"],"headers":{"x":"1","y":""},"type":"text/csv","json":{"a":[1,2.50,{"b":null}]}}""",
            $$$"""{"id":"{{{Id}}}","at":"2026-11-23T07:44:07.009Z","base64":"AAECAwQ="}{{{"\n"}}}{"id":"{{{Id}}}","at":"2026-11-23T07:44:07.009Z","type":"text/plain; charset=utf-16le","base64":"ANgA3A=="}""",
            $$$"""{"id":"{{{Id}}}","at":"2026-11-23T07:44:07.009Z","body":{"id":"{{{Id}}}","is":"text","size":700000,"chunks":2,"sha256":"{{{new string('a', 64)}}}"}}""",
        ], Entry, static e => e is FormatException),
        new("entry-without", ["a\nb\nc", "\n\n\n"], static input => Without(input), Nothing),
        new("cursor", ["""{"first":3,"end":9}""", """{"first":0,"end":9,"gone":[3,5]}"""], Cursors, Nothing),
        new("index",
        [
            """{"page":12,"touch":99,"front":true}""", """{"page":12,"touch":99,"most":4000}""", """{"page":1}""", """{"due":1700000000000,"touch":"ab"}""",
        ], Index, Nothing),
        new("settings",
        [
            """{"layout":1,"created":"2026-11-23T07:44:07Z","ttl":60000,"maxDeliveries":3,"maxDepth":100,"strictOrder":true,"deadLetterExpired":true,"deduplicationWindow":300000,"maxBodyBytes":1048576,"new":{"x":[1]}}""",
            """{"layout":1}""",
        ], Settings, static e => e is ConsulMqException { Error: ConsulMqError.CorruptEntry or ConsulMqError.UnsupportedLayout }),
        new("receipt", ["""{"op":"0123456789abcdef","at":"2026-11-23T07:44:07.009Z"}""", """{"op":"fence-0123","at":"2026-11-23T07:44:07.009Z"}"""], Receipt, Nothing),
        new("session-mark", ["""{"client":"host:12","seconds":600}""", """{"client":null}"""], static input => Same(SessionMark.Read(input), static mark => mark.ToJson(), static json => SessionMark.Read(json)), Nothing),
        new("seen", [$$"""{"id":"{{Id}}","at":"2026-11-23T07:44:07Z"}"""], static input => Same(SeenCodec.TryParse(input), static seen => SeenCodec.Write(seen!), static json => SeenCodec.TryParse(json)), Nothing),
        new("upload-mark", ["""{"at":"2026-11-23T07:44:07Z","client":"host:12"}"""], static input => UploadMark.Since(input), Nothing),
        new("import-mark", ["""{"lines":12,"sum":"ab","at":"2026-11-23T07:44:07Z","file":"x.jsonl"}"""],
            static input => Same(ImportMark.Parse(input), static mark => mark!.ToJson(default, "x"), static json => ImportMark.Parse(json)), Nothing),
        new("body", ["{\"a\":1}", "\"a\"", "12"], Body, static e => e is FormatException),
    ];

    private static bool Nothing(Exception e) => false;

    /// <summary>What could be read is the same once it is written and read again.</summary>
    private static void Same<T>(T value, Func<T, byte[]> write, Func<byte[], T> read)
    {
        if (value is not null)
            Assert.Equal(value, read(write(value)));
    }

    private static void Entry(byte[] input)
    {
        foreach (var count in (int[])[int.MaxValue, 1_000_000, 2])
        {
            try
            {
                EntryCodec.Read(input, count);
            }
            catch (FormatException)
            {
                // Another number of lines is read below.
            }
        }

        var messages = EntryCodec.Read(input, 1 + input.AsSpan().TrimEnd("\r\n"u8).Count((byte)'\n'));
        using var buffer = new PooledBuffer(1024);
        using var writer = new MessageWriter(buffer);
        for (var i = 0; i < messages.Length; i++)
        {
            if (i > 0)
                buffer.Write((byte)'\n');
            writer.Write(messages[i]);
        }

        var again = EntryCodec.Read(buffer.WrittenSpan, messages.Length);
        for (var i = 0; i < messages.Length; i++)
        {
            Assert.Equal((messages[i].Id, messages[i].CreatedAt, messages[i].ExpiresAt, messages[i].Deliveries, messages[i].Rank, messages[i].Blob), (again[i].Id, again[i].CreatedAt, again[i].ExpiresAt, again[i].Deliveries, again[i].Rank, again[i].Blob));
            Assert.Equal(messages[i].Tags, again[i].Tags);
            Assert.Equal(messages[i].Headers, again[i].Headers);
            Assert.Equal((messages[i].Body.Kind, messages[i].Body.Text), (again[i].Body.Kind, again[i].Body.Text));
            Assert.Equal(messages[i].Body.Bytes.ToArray(), again[i].Body.Bytes.ToArray());
        }
    }

    private static void Without(byte[] input)
    {
        var rest = EntryCodec.Without(input, [0, 2]);
        Assert.True(rest.Length <= input.Length);
    }

    private static void Cursors(byte[] input)
    {
        foreach (var count in (int[])[1, 9, int.MaxValue])
        {
            if (Cursor.TryParse(input, count) is not { } cursor)
                continue;
            Assert.InRange(cursor.Left, 0, count);
            Assert.True(cursor.Left == 0 || (cursor.Has(cursor.First) && cursor.Has(cursor.End - 1)));
            Assert.Equal(cursor.ToJson(), Cursor.TryParse(cursor.ToJson(), count)!.ToJson());
        }
    }

    private static void Index(byte[] input)
    {
        if (IndexCodec.ParseHead(input) is { } head)
        {
            Assert.Equal(head, IndexCodec.ParseHead(IndexCodec.Head(head, 7)));
            // The page after it, and its key.
            Assert.Equal(head.Page + 1, Keys.PageOf(Keys.Page(head.Page + 1) + "x"));
        }

        if (IndexCodec.ParseTail(input) is { } tail)
            Assert.Equal(tail, IndexCodec.ParseTail(IndexCodec.Tail(tail, 7)));
        Assert.InRange(IndexCodec.ParseDue(input), 0, long.MaxValue);
    }

    private static void Settings(byte[] input)
    {
        var info = QueueInfo.Parse(input, Keys);
        Assert.Null(info.Settings.Problem());
        var again = QueueInfo.Parse(info.ToJson(), Keys);
        Assert.Equal(info.Settings, again.Settings);
        Assert.Equal(info.Unknown.Select(static p => (p.Key, Encoding.UTF8.GetString(p.Value))), again.Unknown.Select(static p => (p.Key, Encoding.UTF8.GetString(p.Value))));
    }

    private static void Receipt(byte[] input)
    {
        ReceiptCodec.Operation(input);
        ReceiptCodec.Time(input);
    }

    private static void Body(byte[] input)
    {
        foreach (var kind in (BlobKind[])[BlobKind.Bytes, BlobKind.Text])
            Assert.Equal(kind == BlobKind.Text ? BodyKind.Text : BodyKind.Bytes, BodyReference.ToBody(kind, [.. input]).Kind);
        if (input.Length % 2 == 0)
            Assert.Equal(input, MessageBody.ToUtf16(BodyReference.ToBody(BlobKind.Utf16, [.. input]).Text!));
        BodyReference.ToBody(BlobKind.Json, [.. input]);
    }
}
