using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Tests.Support;

namespace ConsulMq.Tests.Consul;

/// <summary>What is repeated, how often, and when it ends; on a clock of its own.</summary>
public sealed class RetryingConsulTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly KvOperation[] Write = [KvOperation.Set("a", default)];
    private static readonly KvOperation[] Read = [KvOperation.Get("a")];
    private readonly VirtualClock _clock = new();
    private readonly Script _script;
    private readonly RetryingConsul _consul;

    public RetryingConsulTests()
    {
        _script = new Script(_clock);
        _consul = new RetryingConsul(_script, _clock, () => 0.999999, new RetryPolicy());
    }

    [Theory]
    [InlineData(ConsulFault.ConnectionLost)]
    [InlineData(ConsulFault.Timeout)]
    [InlineData(ConsulFault.NoLeader)]
    [InlineData(ConsulFault.TooManyRequests)]
    [InlineData(ConsulFault.ServerError)]
    [InlineData(ConsulFault.Unreachable)]
    public void Reads_are_repeated_after_a_passing_fault(ConsulFault fault)
    {
        foreach (var read in new Func<Task>[] { () => _consul.KeysAsync("", null, default, None), () => _consul.TransactAsync(Read, default, None), () => _consul.RenewSessionAsync("x", None), () => _consul.DestroySessionAsync("x", None), () => _consul.ListSessionsAsync(default, None) })
        {
            _script.Faults.Enqueue(Fault(fault, true));
            _script.Faults.Enqueue(Fault(fault, true));
            _script.Tries = 0;
            _clock.Run(read);
            Assert.Equal(3, _script.Tries);
        }
    }

    [Theory]
    [InlineData(ConsulFault.AclDenied)]
    [InlineData(ConsulFault.BadReply)]
    [InlineData(ConsulFault.Rejected)]
    [InlineData(ConsulFault.TlsFailure)]
    [InlineData(ConsulFault.TooLarge)]
    public void What_no_repetition_helps_is_not_repeated(ConsulFault fault)
    {
        _script.Always = Fault(fault, false);
        Assert.Same(_script.Always, Fails(() => _consul.KeysAsync("", null, default, None)));
        Assert.Same(_script.Always, Fails(() => _consul.TransactAsync(Write, default, None)));
        Assert.Equal(2, _script.Tries);
    }

    [Fact]
    public void A_write_is_repeated_only_where_it_certainly_did_nothing()
    {
        _script.Faults.Enqueue(Fault(ConsulFault.TooManyRequests, false));
        _clock.Run(() => _consul.TransactAsync(Write, default, None));
        Assert.Equal(2, _script.Tries);
        _script.Faults.Enqueue(Fault(ConsulFault.ConnectionLost, true));
        Fails(() => _consul.TransactAsync(Write, default, None));
        Assert.Equal(3, _script.Tries);
    }

    [Fact]
    public void A_session_is_made_again_where_one_that_nobody_heard_of_ends_by_itself()
    {
        _script.Faults.Enqueue(Fault(ConsulFault.NoLeader, true));
        _script.Faults.Enqueue(Fault(ConsulFault.ConnectionLost, true));
        _clock.Run(() => _consul.CreateSessionAsync(new SessionRequest { Name = "n", Ttl = TimeSpan.FromSeconds(10) }, None));
        Assert.Equal(3, _script.Tries);
        _script.Faults.Enqueue(Fault(ConsulFault.ConnectionLost, true));
        Fails(() => _consul.CreateSessionAsync(new SessionRequest { Name = "n" }, None));
        Assert.Equal(4, _script.Tries);
    }

    [Fact]
    public void The_budget_holds_and_the_last_fault_is_told()
    {
        _clock.Run(() => _consul.KeysAsync("", null, default, None));
        _script.Always = Fault(ConsulFault.NoLeader, true);
        var start = _clock.Elapsed;
        Assert.Same(_script.Always, Fails(() => _consul.KeysAsync("", null, default, None)));
        Assert.InRange(_clock.Elapsed - start, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(15));
        // Every second one is the limit of the try that follows. 50, 100, 200, 400, 800, 1600 ms, then 2 s each.
        Assert.Equal([50, 100, 200, 400, 800, 1600, 2000], _clock.Delays.Where((_, i) => i % 2 == 0).Take(7).Select(d => (int)Math.Ceiling(d.TotalMilliseconds)));
    }

    [Fact]
    public void A_repetition_in_flight_ends_with_the_budget()
    {
        _script.Faults.Enqueue(Fault(ConsulFault.ConnectionLost, false));
        _script.Takes = TimeSpan.FromSeconds(10);
        var start = _clock.Elapsed;
        var error = Fails(() => _consul.KeysAsync("", null, default, None));
        Assert.Equal((ConsulFault.ConnectionLost, false), (error.Fault, error.MayHaveCommitted));
        Assert.Equal(TimeSpan.FromSeconds(15), _clock.Elapsed - start);

        _script.Faults.Enqueue(Fault(ConsulFault.TooManyRequests, false));
        error = Fails(() => _consul.TransactAsync(Write, default, None));
        Assert.Equal((ConsulFault.Timeout, true), (error.Fault, error.MayHaveCommitted));
    }

    [Fact]
    public void A_wrong_address_fails_at_once_but_an_agent_that_restarts_is_waited_for()
    {
        _script.Always = Fault(ConsulFault.Unreachable, false);
        Fails(() => _consul.SelfAsync(None));
        Assert.InRange(_clock.Elapsed, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));
        _script.Always = null;
        _clock.Run(() => _consul.KeysAsync("", null, default, None));
        _script.Always = Fault(ConsulFault.Unreachable, false);
        var start = _clock.Elapsed;
        Fails(() => _consul.TransactAsync(Write, default, None));
        Assert.InRange(_clock.Elapsed - start, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void The_wait_of_a_blocking_read_does_not_count()
    {
        _script.Takes = TimeSpan.FromMinutes(5);
        _script.Faults.Enqueue(Fault(ConsulFault.ConnectionLost, false));
        _script.Faults.Enqueue(Fault(ConsulFault.Timeout, false));
        _clock.Run(() => _consul.KeysAsync("", null, new ReadOptions(default, 5), None));
        Assert.Equal(3, _script.Tries);
    }

    [Fact]
    public void Cancellation_ends_the_wait_between_two_tries()
    {
        _script.Always = Fault(ConsulFault.NoLeader, false);
        using var source = new CancellationTokenSource();
        _clock.OnDelay = delay => { if (delay > TimeSpan.FromSeconds(1)) source.Cancel(); };
        Assert.ThrowsAny<OperationCanceledException>(() => _clock.Run(() => _consul.KeysAsync("", null, default, source.Token)));
    }

    private ConsulException Fails(Func<Task> run) => Assert.Throws<ConsulException>(() => _clock.Run(run));

    private static ConsulException Fault(ConsulFault fault, bool mayHaveCommitted) => new(fault, "x", mayHaveCommitted, "no");

    /// <summary>A Consul that fails as the test says.</summary>
    private sealed class Script(VirtualClock clock) : DelegatingConsul(new InMemoryConsul())
    {
        public Queue<ConsulException> Faults { get; } = new();

        public ConsulException? Always { get; set; }

        public TimeSpan Takes { get; set; }

        public int Tries { get; set; }

        public override Task<KvKeys> KeysAsync(string prefix, string? separator, ReadOptions options, CancellationToken cancellation) => Try(new KvKeys([], 1), cancellation);

        public override Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation) => Try(TransactionResult.Success([], 1), cancellation);

        public override Task<string> CreateSessionAsync(SessionRequest request, CancellationToken cancellation) => Try("x", cancellation);

        public override Task<bool> RenewSessionAsync(string sessionId, CancellationToken cancellation) => Try(true, cancellation);

        public override Task DestroySessionAsync(string sessionId, CancellationToken cancellation) => Try(true, cancellation);

        public override Task<SessionListing> ListSessionsAsync(ReadOptions options, CancellationToken cancellation) => Try(new SessionListing([], 1), cancellation);

        public override Task<AgentSelf> SelfAsync(CancellationToken cancellation) => Try(new AgentSelf("", "", "", true), cancellation);

        private async Task<T> Try<T>(T result, CancellationToken cancellation)
        {
            Tries++;
            if (Takes > TimeSpan.Zero)
                await clock.Delay(Takes, cancellation);
            return (Always ?? (Faults.Count > 0 ? Faults.Dequeue() : null)) is { } fault ? throw fault : result;
        }
    }

    /// <summary>Time passes only when nothing else can happen; all runs on the test's one thread.</summary>
    private sealed class VirtualClock : Clock
    {
        private readonly List<(TimeSpan Due, TaskCompletionSource Waiter)> _waiters = [];
        private TimeSpan _now;

        public Action<TimeSpan>? OnDelay { get; set; }

        public List<TimeSpan> Delays { get; } = [];

        public override DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + _now;

        public override TimeSpan Elapsed => _now;

        public override Task Delay(TimeSpan delay, CancellationToken cancellation)
        {
            Delays.Add(delay);
            var waiter = new TaskCompletionSource();
            _waiters.Add((_now + delay, waiter));
            cancellation.Register(() =>
            {
                _waiters.RemoveAll(w => w.Waiter == waiter);
                waiter.TrySetCanceled(cancellation);
            });
            OnDelay?.Invoke(delay);
            return waiter.Task;
        }

        public void Run(Func<Task> start)
        {
            var context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                var task = start();
                while (!task.IsCompleted)
                {
                    var next = _waiters.MinBy(w => w.Due);
                    _waiters.Remove(next);
                    _now = next.Due;
                    next.Waiter.TrySetResult();
                }
                task.GetAwaiter().GetResult();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }
    }
}
