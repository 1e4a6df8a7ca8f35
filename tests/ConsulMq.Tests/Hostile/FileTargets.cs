using System.IO.Compression;
using ConsulMq.InMemory;
using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Hostile;

/// <summary>Files to import.</summary>
internal static class FileTargets
{
    private const string Id = "01930000-0000-7000-8000-000000000001";

    private static readonly string Header =
        $$$"""{"consulmq":1,"export":"{{{Id}}}","queue":"jobs","exportedAt":"2026-11-23T07:44:07Z","settings":{"ttl":60000,"maxDepth":5}}""";

    private static readonly string Message = $$"""{"id":"{{Id}}","at":"2026-11-23T07:44:07.009Z","state":"inFlight","due":"2026-11-24T07:44:07Z","text":"x"}""";

    private static readonly string End = $$"""{"consulmq":1,"end":"{{Id}}","messages":1}""";

    public static IReadOnlyList<Target> All { get; } =
    [
        new("export-header", [Header, End], static input => Same(ExportHeader.Read(input)), static e => e is FormatException),
        new("exported-message", [Message, """{"text":"x","id":"01930000-0000-7000-8000-000000000001"}"""], static input => MessageReader.ReadExported(input, out _), static e => e is FormatException),
        new("lines", ["a\nb\r\nc", "\n\n"], static input => Lines(input), static e => e is FormatException),
        new("import", [$"{Header}\n{Message}\n{End}\n", $"{Message}\r\n\n"], static input => Import(new MemoryStream(input)), Documented) { Base = 4 * 1024 * 1024, Factor = 400 },
        new("import-gzip", [$"{Header}\n{Message}\n{End}\n", $"{Message}\r\n\n"], ImportGzip, Documented) { Base = 8 * 1024 * 1024, Factor = 400 },
    ];

    private static bool Documented(Exception e) =>
        e is ConsulMqException { Error: ConsulMqError.InvalidImportLine or ConsulMqError.InvalidQueueName or ConsulMqError.MessageTooLarge or ConsulMqError.QueueFull or ConsulMqError.InvalidSetting };

    private static void Same(ExportHeader? header)
    {
        if (header is null)
            return;
        using var buffer = new Internal.PooledBuffer(256);
        header.WriteTo(buffer);
        Assert.Equal((header.Export, header.IsEnd), (ExportHeader.Read(buffer.WrittenSpan)!.Export, ExportHeader.Read(buffer.WrittenSpan)!.IsEnd));
    }

    private static void Lines(byte[] input)
    {
        using var reader = new LineReader(new MemoryStream(input), 50_000);
        while (reader.NextAsync(default).AsTask().GetAwaiter().GetResult() is { } line)
            Assert.True(line.Span.IndexOf((byte)'\n') < 0);
        Assert.InRange(reader.Number, 0, input.Length);
    }

    private static void Import(Stream source)
    {
        using var consul = new InMemoryConsul();
        using var connection = new ConsulMqConnection(consul, new ConnectionSettings { FirstChores = 0 });
        using var import = connection.OpenImport(source, "file");
        while (import.NextAsync(default).GetAwaiter().GetResult())
        {
        }

        Assert.True(import.Added + import.Skipped + import.Expired <= import.Lines);
    }

    /// <summary>Once as what was packed, and once as the packed file, damaged by its own content.</summary>
    private static void ImportGzip(byte[] input)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(input);
        // Of nothing it makes nothing.
        if (packed.ToArray() is not { Length: > 0 } bytes)
            return;
        using var whole = new GZipStream(new MemoryStream([.. bytes]), CompressionMode.Decompress);
        try
        {
            Import(whole);
        }
        catch (Exception e) when (Documented(e))
        {
            // The damaged file is still to be tried.
        }

        var sum = input.Aggregate(17, static (sum, b) => unchecked((sum * 31) + b));
        bytes[(int)((uint)sum % bytes.Length)] ^= (byte)(1 + (sum & 0x7F));
        using var broken = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        try
        {
            Import(broken);
        }
        catch (Exception e) when (Documented(e))
        {
            // As a rule.
        }
    }
}
