using System.Text;
using ConsulMq.InMemory;

namespace ConsulMq.Tests.Queueing;

/// <summary>What an export costs in memory.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ExportMemory
{
    [Fact]
    public async Task MemoryDoesNotGrowWithTheFrontSet()
    {
        const int Count = 8_000;
        using var consul = new InMemoryConsul();
        using var connection = new ConsulMqConnection(consul, new ConnectionSettings { FirstChores = 0 });
        var jobs = connection.Queue("jobs");
        using (var first = jobs.OpenInsert(0))
        {
            await first.AddAsync(new MessageDraft { Body = MessageBody.FromText("first") }, null, default);
            await first.FlushAsync(default);
        }

        var text = new string('x', 4000);
        for (var i = 0; i < Count; i++)
        {
            var value = Encoding.UTF8.GetBytes($$"""{"id":"{{Guid.NewGuid()}}","at":"2026-11-23T12:47:47.061Z","rank":[-5,{{i}}],"text":"{{text}}"}""");
            await consul.PutAsync($"consulmq/jobs/f/7ffffffffffffffb_{0x8000000000000000UL + (ulong)i:x16}/0001a2087{i:x21}.1.{value.Length}", value, default);
        }

        long most = 0;
        long messages = 0;
        var before = GC.GetTotalMemory(true);
        using var target = new Watched(step => most = step % 40 == 0 ? Math.Max(most, GC.GetTotalMemory(true) - before) : most);
        using var export = jobs.OpenExport(target);
        while (await export.NextAsync(default) is { } part)
            messages = part.Messages;
        Assert.Equal(Count + 1, messages);
        // The keys, and what is on its way into the file.
        Assert.InRange(most, 1, 16 * 1024 * 1024);
    }

    /// <summary>Tells when something is written.</summary>
    private sealed class Watched(Action<int> wrote) : MemoryStream
    {
        private int _count;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            wrote(_count++);
            return default;
        }
    }
}
