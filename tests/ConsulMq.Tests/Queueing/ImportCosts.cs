using System.Text;
using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Queueing;

/// <summary>What an export and an import cost, in requests and writes.</summary>
public sealed class ImportCosts : IDisposable
{
    private readonly InMemoryConsul _consul = new();
    private readonly CountingConsul _counting;
    private readonly HeldWrites _writes;
    private readonly ConsulMqConnection _connection;

    public ImportCosts()
    {
        _counting = new CountingConsul(_consul);
        _writes = new HeldWrites(_counting);
        _connection = new ConsulMqConnection(
            new Unowned(_writes), new ConnectionSettings { Clock = new InMemory.ManualClock(), FirstChores = 0, Random = new OnePage() });
    }

    private static CancellationToken None => CancellationToken.None;

    public void Dispose()
    {
        _connection.Dispose();
        _consul.Dispose();
    }

    private static string Line(int i) => $$"""{"id":"00000000-0000-7000-8000-{{i:x12}}","at":"2026-11-23T12:47:47.061Z","text":"message {{i}}"}""" + "\n";

    private async Task<QueueImport> Import(Stream lines)
    {
        var import = _connection.OpenImport(lines, "x.jsonl", "jobs");
        while (await import.NextAsync(None))
        {
            // To the end.
        }

        return import;
    }

    [Fact]
    public async Task AThousandSmallMessagesAreAsManyWritesAsAPushOfThem()
    {
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(Line)));
        // The first write takes as long as it takes to read the file.
        _writes.Hold();
        using var import = await Import(new Ending(file, _writes.Release));
        Assert.Equal(1000, import.Added);
        // The first message goes at once, the others together. Before that: how far the file is, whether there is a queue, and its tail.
        Assert.Equal((5, 2), _counting.Take());

        using var again = await Import(new MemoryStream(file));
        Assert.Equal(1000, again.Skipped);
        // How far the file is, the index before and behind, what is in flight before and behind the page, and the page.
        Assert.Equal((6, 0), _counting.Take());
    }

    [Fact]
    public async Task AnExportReadsEachPageOnceAndWhatIsInFlightBetweenThem()
    {
        using (await Import(new MemoryStream(Encoding.UTF8.GetBytes(Line(1) + Line(2)))))
            _counting.Take();
        using var export = _connection.Queue("jobs").OpenExport(new MemoryStream());
        while (await export.NextAsync(None) is not null)
        {
            // To the end.
        }

        // The index, again for the walk and behind it, what is in flight before and behind the page, and the page. Nothing was ever scheduled.
        Assert.Equal((6, 0), _counting.Take());
    }

    /// <summary>Tells when all of it was read.</summary>
    private sealed class Ending(byte[] bytes, Action end) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Read(buffer.Span);
            if (read == 0)
                end();
            return new(read);
        }
    }
}
