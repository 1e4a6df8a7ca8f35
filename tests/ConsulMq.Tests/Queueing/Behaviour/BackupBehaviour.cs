using System.Text;

namespace ConsulMq.Tests.Queueing.Behaviour;

/// <summary>What tests of exports and imports share.</summary>
public abstract class BackupBehaviour(IBackend backend) : QueueBehaviour(backend)
{
    /// <summary>Writes an export and returns its lines.</summary>
    protected static async Task<byte[]> Export(MessageQueue queue, MessageState[]? states = null, List<ConsulMqException>? damage = null)
    {
        using var file = new MemoryStream();
        using var export = queue.OpenExport(file, states);
        while (await export.NextAsync(None) is { } step)
        {
            damage?.AddRange(step.Damage);
            if (damage is null)
                Assert.Empty(step.Damage);
        }

        return file.ToArray();
    }

    /// <summary>Imports lines and returns how many messages were added and skipped.</summary>
    protected static async Task<(long Added, long Skipped)> Import(ConsulMqConnection connection, byte[] lines, string? queue = null)
    {
        using var import = connection.OpenImport(new MemoryStream(lines), "jobs.jsonl", queue);
        while (await import.NextAsync(None))
        {
            // Step by step.
        }

        return (import.Added, import.Skipped);
    }

    /// <summary>Imports lines of which one cannot be imported.</summary>
    protected static async Task<(long Added, ConsulMqException Error)> FailToImport(ConsulMqConnection connection, byte[] lines, string? queue = null)
    {
        using var import = connection.OpenImport(new MemoryStream(lines), "jobs.jsonl", queue);
        var error = await Assert.ThrowsAsync<ConsulMqException>(async () =>
        {
            while (await import.NextAsync(None))
            {
                // Until it comes to that line.
            }
        });
        return (import.Added, error);
    }

    protected static List<string> Lines(byte[] file)
    {
        var text = Encoding.UTF8.GetString(file);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        return [.. text.TrimEnd('\n').Split('\n')];
    }

    protected static byte[] File(params IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n")));

    protected static string Line(string text) => $$"""{"id":"{{Guid.NewGuid()}}","text":"{{text}}"}""";
}
