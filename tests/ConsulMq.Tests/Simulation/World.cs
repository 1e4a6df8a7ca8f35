using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Simulation;

/// <summary>
/// One schedule: a Consul, its clients, the network between them, and the one loop that decides what happens next. Everything runs on the thread that
/// calls <see cref="Run"/>: whatever the queueing code awaits is completed by a step of the loop and goes on within it.
/// </summary>
internal sealed class World
{
    public const string QueueName = "jobs";
    public const string OtherQueueName = "other";
    public const string DeadQueueName = "jobs.dead";
    private const int MostSteps = 30_000;

    /// <summary>By then everything has come to its end, once nobody begins anything any more and the faults are over.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(40);


    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Action> _ready = [];
    private readonly List<(Client Client, Task Work)> _actors = [];
    private readonly Dictionary<string, QueueKeys> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ledger> _ledgers = new(StringComparer.Ordinal);

    public World(int seed, Mistake mistake, bool isTold)
    {
        Random = new Random(seed);
        Mistake = mistake;
        Story = new Story(isTold);
        Scenario = Scenario.Draw(Random);
        if (Mistake == Mistake.AnyOlderFence)
            Scenario = Scenario with { Faults = 0.5 };
        Leases = LeaseScenario.Draw(seed);
        Network = new Network(this);
        Keys = KeysOfQueue(QueueName);
        Ledger = LedgerOf(QueueName);
        Whereabouts = new Whereabouts(this);
        Settlements = new SettleAuditor(this);
        Moves = new MoveAuditor(this);
        Sessions = new ServerSessions(this);
        Server = new InMemoryConsul(new InMemoryConsulOptions
        {
            Clock = new SimulatedClock(Timeline, null),
            RunContinuationsAsynchronously = false,
            NewSessionId = NewGuid,
        });
        if (Leases is not null)
            Server.PutAsync(Keys.Info, new QueueInfo { CreatedAt = Timeline.UtcNow, Settings = SettingsOf(QueueName) }.ToJson(), CancellationToken.None).GetAwaiter().GetResult();
    }

    public Random Random { get; }

    public Mistake Mistake { get; }

    public Scenario Scenario { get; }

    public Story Story { get; }

    public Timeline Timeline { get; } = new();

    public Network Network { get; }

    public InMemoryConsul Server { get; }

    public QueueKeys Keys { get; }

    /// <summary>What the server knows of the queue that all is about.</summary>
    public Ledger Ledger { get; }

    public IEnumerable<Ledger> Ledgers => _ledgers.Values;

    /// <summary>Leases and moves; null: there are none.</summary>
    public LeaseScenario? Leases { get; }

    public Whereabouts Whereabouts { get; }

    public SettleAuditor Settlements { get; }

    public MoveAuditor Moves { get; }

    public ServerSessions Sessions { get; }

    public List<Client> Clients { get; } = [];

    public int Step { get; private set; }

    /// <summary>Whether a long wait has ended though much else could have happened: as if everybody had slept.</summary>
    public bool HasJumped { get; private set; }

    /// <summary>What went wrong first; null: nothing.</summary>
    public string? Violation { get; private set; }

    /// <summary>The keys of the queue that a key belongs to.</summary>
    public QueueKeys KeysOf(string key) => KeysOfQueue(key.Split('/') is [_, var name, ..] ? name : "");

    public QueueKeys KeysOfQueue(string queue)
    {
        if (!_keys.TryGetValue(queue, out var keys))
            _keys[queue] = keys = new QueueKeys("consulmq", queue);
        return keys;
    }

    public Ledger LedgerOf(string queue)
    {
        if (!_ledgers.TryGetValue(queue, out var ledger))
            _ledgers[queue] = ledger = new Ledger(this, KeysOfQueue(queue));
        return ledger;
    }

    /// <summary>What is set for a queue, from the first moment on.</summary>
    public QueueSettings SettingsOf(string queue) => queue != QueueName || Leases is null ? new QueueSettings()
        : new QueueSettings { MaxDeliveries = Leases.MaxDeliveries, DeadLetterExpired = Leases.DeadLetterExpired };

    /// <summary>A write was carried out.</summary>
    public void Applied(Client client, KvOperation[] operations, TransactionResult result)
    {
        if (result.Committed)
            Whereabouts.Applied(client, operations, result.Index);
        foreach (var queue in operations.Select(o => KeysOf(o.Key).Queue).Distinct().ToList())
            LedgerOf(queue).Applied(client, operations, result);
    }

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    /// <summary>Adds something that can happen from now on.</summary>
    public void Ready(Action step)
    {
        // .NET moves what awaits a task together with others to the thread pool; from there no schedule can be played again.
        if (Environment.CurrentManagedThreadId != _thread)
            Fail($"Something goes on on another thread: {Environment.StackTrace}");
        else
            _ready.Add(step);
    }

    public void Tell(string who, string what) => Story.Tell(Step, Timeline.Elapsed, who, what);

    public void Fail(string what)
    {
        if (Violation is not null)
            return;
        Violation = what;
        Tell("CHECK", what);
    }

    /// <summary>Lets somebody act. An exception that is no error for users ends the run.</summary>
    public void Start(Client client, Func<Task> act) => Ready(() => _actors.Add((client, Watch(act))));

    /// <summary>Runs until everybody is done and nothing is on its way any more, or until a check fails.</summary>
    public void Run()
    {
        TimeSpan? calmSince = null;
        while (Violation is null)
        {
            if (++Step > MostSteps)
            {
                Fail($"After {MostSteps} steps it still goes on: somebody tries for ever.");
                return;
            }

            var isOver = _ready.Count == 0 && _actors.TrueForAll(static a => a.Client.IsDead || a.Work.IsCompleted);
            if (isOver)
            {
                Network.IsCalm = true;
                calmSince ??= Timeline.Elapsed;
                // Sessions are renewed as long as their clients live and hold something.
                if (!Timeline.HasWork || (Leases is not null && Timeline.Elapsed - calmSince > LongestRest))
                    return;
            }

            Network.Disturb();
            Sessions.Disturb();
            if (_ready.Count > 0 && !LetsTimePass())
            {
                // Any of them can be the next: that is the whole of the schedule.
                var at = Random.Next(_ready.Count);
                var step = _ready[at];
                _ready[at] = _ready[^1];
                _ready.RemoveAt(_ready.Count - 1);
                step();
            }
            else if (!Timeline.TryAdvance())
            {
                Fail("Nothing can happen any more, and somebody still waits.");
            }
        }
    }

    /// <summary>Whether a timer fires though something else could happen. Mostly the near ones: a long wait should not end in the middle of everything.</summary>
    private bool LetsTimePass()
    {
        if (Timeline.Next is not { } next)
            return false;
        var isFar = next - Timeline.Elapsed > TimeSpan.FromSeconds(3);
        if (!Chance(isFar ? 0.0005 : 0.06))
            return false;
        HasJumped |= isFar;
        return true;
    }

    private Guid NewGuid()
    {
        var bytes = new byte[16];
        Random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private async Task Watch(Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail($"Somebody fell over: {e}");
        }
    }
}
