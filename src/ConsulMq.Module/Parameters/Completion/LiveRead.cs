using System.Collections;
using System.Management.Automation;
using ConsulMq.Session;

namespace ConsulMq.Parameters;

/// <summary>
/// Asks Consul while the user waits for a completion: for so long as nobody minds, over the connection that the command would use. Where there is none yet,
/// over one that is nobody else's: a key press neither registers this process nor decides which connection is the current one.
/// </summary>
internal static class LiveRead
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);
    private const int MostQueues = 3;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>What the read gives; the other value where Consul does not answer in time, or not at all.</summary>
    /// <param name="bound">The parameters of the command, as far as they are known.</param>
    /// <param name="read">Reads.</param>
    /// <param name="otherwise">What it is where nothing comes.</param>
    public static T From<T>(IDictionary? bound, Func<ConsulMqConnection, CancellationToken, Task<T>> read, T otherwise)
    {
        if (Connection(bound) is not { IsClosed: false } connection)
            return otherwise;
        // That of an earlier key press says nothing of this one.
        var before = connection.Trouble;
        using var patience = new CancellationTokenSource(Patience);
        var reading = Task.Run(() => read(connection, patience.Token));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!reading.Wait(Tick))
        {
            // Nobody is there, and to try again takes longer than a key press may.
            if (watch.Elapsed >= Patience || connection.Trouble is { } trouble && !ReferenceEquals(trouble, before))
            {
                patience.Cancel();
                return otherwise;
            }
        }

        return reading.Result;
    }

    /// <summary>The connection that the command would use, if that can be told.</summary>
    public static ConsulMqConnection? Connection(IDictionary? bound) => bound?.Contains("Connection") == true
        ? (bound["Connection"] as PSObject)?.BaseObject as ConsulMqConnection ?? bound["Connection"] as ConsulMqConnection
        : RunspaceState.Current.ForCompletion();

    /// <summary>The queue that the command names, or the default one; null: it may be several.</summary>
    public static string? Queue(IDictionary? bound, ConsulMqConnection connection)
    {
        var named = bound?["Queue"] is PSObject wrapped ? wrapped.BaseObject : bound?["Queue"];
        var name = named switch
        {
            null => connection.DefaultQueue,
            string one => one,
            IList { Count: 1 } list => list[0]?.ToString(),
            _ => null,
        };
        return name is null || new QueuePattern(name).IsWildcard ? null : name;
    }

    /// <summary>What is on the first page of the command's queue.</summary>
    public static IReadOnlyList<QueueObject> FirstPage(IDictionary? bound, MessageState state, int most) => From(bound, async (connection, stop) =>
        Queue(bound, connection) is { } name ? await FirstPageAsync(connection, name, state, most, stop).ConfigureAwait(false) : [], []);

    /// <summary>What is on the first pages of the queues that the command names, wildcards too: of the first few of them.</summary>
    public static IReadOnlyList<QueueObject> FirstPages(IDictionary? bound, MessageState state, int most) => From(bound, async (connection, stop) =>
    {
        if (Queue(bound, connection) is { } one)
            return await FirstPageAsync(connection, one, state, most, stop).ConfigureAwait(false);
        var patterns = Names(bound?["Queue"]).Select(static name => new QueuePattern(name)).ToList();
        var names = await connection.QueueNamesAsync(stop).ConfigureAwait(false);
        var items = new List<QueueObject>();
        foreach (var name in names.Where(name => patterns.Exists(pattern => pattern.IsMatch(name))).Take(MostQueues))
            items.AddRange(await FirstPageAsync(connection, name, state, most, stop).ConfigureAwait(false));
        return (IReadOnlyList<QueueObject>)items;
    }, []);

    private static IEnumerable<string> Names(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        string one => [one],
        IList list => list.Cast<object?>().Select(static name => name?.ToString() ?? ""),
        _ => [],
    };

    private static async Task<IReadOnlyList<QueueObject>> FirstPageAsync(ConsulMqConnection connection, string queue, MessageState state, int most, CancellationToken stop) =>
        await connection.Queue(queue).Browse(state, bodies: false).NextAsync(most, stop).ConfigureAwait(false) is { } page ? page.Items : [];
}
