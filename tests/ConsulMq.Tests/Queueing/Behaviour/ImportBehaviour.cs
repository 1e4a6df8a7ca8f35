using ConsulMq.Consul;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing.Behaviour;

public sealed class ImportOnModel() : ImportBehaviour(new ModelBackend())
{
    [Fact]
    public async Task WhereverTheFileIsCutWhatCameBeforeIsInAndTheWholeFileAddsTheRest()
    {
        using var connection = Connect(new ConnectionSettings { Random = new OnePage() });
        await PushAll(connection.Queue("jobs"), Numbers(3));
        var file = await Export(connection.Queue("jobs"));
        for (var length = 1; length < file.Length - 1; length++)
        {
            var queue = connection.Queue($"cut-{length}");
            var whole = file.AsSpan(0, length).Count((byte)'\n');
            // A line whose break alone is missing is whole.
            whole += file[length] == (byte)'\n' ? 1 : 0;
            var (added, error) = await FailToImport(connection, file[..length], queue.Name);
            Assert.Equal(ConsulMqError.InvalidImportLine, error.Error);
            Assert.Equal(Math.Max(whole - 1, 0), added);
            Assert.Equal((3 - added, added), await Import(connection, file, queue.Name));
            Assert.Equal(Numbers(3), await PopAll(queue));
        }
    }
}

public sealed class ImportOnConsul(ConsulFixture consul) : ImportBehaviour(new ConsulBackend(consul)), IClassFixture<ConsulFixture>;

/// <summary>Files that go into a queue, whole, broken and twice.</summary>
public abstract class ImportBehaviour(IBackend backend) : BackupBehaviour(backend)
{
    [Fact]
    public async Task ASecondImportAddsNothingThoughTheMessagesAreGone()
    {
        using var connection = Connect();
        var (jobs, other) = (connection.Queue("jobs"), connection.Queue("other"));
        await PushAll(jobs, Numbers(300));
        var file = await Export(jobs);
        Assert.Equal((300, 0), await Import(connection, file, "other"));
        Assert.Equal((0, 300), await Import(connection, file, "other"));
        Assert.Equal(Numbers(300), await PopAll(other));
        Assert.Equal((0, 300), await Import(connection, file, "other"));
        Assert.Empty(await PopAll(other));
        // A clear forgets it, and so does a removal.
        await other.ClearAsync(false, None);
        Assert.Equal((300, 0), await Import(connection, file, "other"));
        await other.RemoveAsync(None);
        Assert.Equal((300, 0), await Import(connection, file, "other"));
    }

    [Fact]
    public async Task WhatIsInTheQueueIsNotAddedWhereverItIs()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        await PushAll(jobs, Numbers(40));
        await jobs.PushAsync(Text("later") with { NotBefore = DateTimeOffset.UtcNow + TimeSpan.FromHours(1) }, None);
        var held = await Lease(jobs, 5);
        await Settle(jobs, SettlementKind.Return, held.Take(2));
        var file = await Export(jobs);
        Assert.Equal((0, 41), await Import(connection, file));
        Assert.Equal(37, (await jobs.SummaryAsync(None))!.Depth);
        // What was taken since is not there, and nobody has imported it.
        using var consumer = jobs.OpenConsumer();
        Assert.Equal(10, (await Take(consumer, 10)).Count);
        Assert.Equal((10, 31), await Import(connection, file));
    }

    [Theory]
    [InlineData("{\"id\":\"01a20872-bd84-7000-bac3-1f91842e3dfc\",\"text\":\"x\"")]
    [InlineData("{\"text\":\"x\"}")]
    [InlineData("{\"id\":\"01a20872-bd84-7000-bac3-1f91842e3dfc\"}")]
    [InlineData("{\"id\":\"01a20872-bd84-7000-bac3-1f91842e3dfc\",\"base64\":\"?\"}")]
    [InlineData("{\"id\":\"01a20872-bd84-7000-bac3-1f91842e3dfc\",\"body\":{\"id\":\"01a208f4df4a00010e94524aeb85\",\"is\":\"bytes\",\"size\":1,\"chunks\":1,\"sha256\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}}")]
    [InlineData("nothing")]
    [InlineData("{\"consulmq\":1,\"export\":\"01a20872-bd84-7000-bac3-1f91842e3dfc\"}")]
    [InlineData("{\"consulmq\":2}")]
    public async Task ABrokenLineIsNamedAndNothingBehindItIsPushed(string broken)
    {
        using var connection = Connect();
        string[] good = [Line("a"), Line("b"), Line("c")];
        var (added, error) = await FailToImport(connection, File(good[0], good[1], broken, good[2]), "jobs");
        Assert.Equal((2, ConsulMqError.InvalidImportLine), (added, error.Error));
        Assert.StartsWith("Line 3 of 'jobs.jsonl' cannot be imported: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], await LookAll(connection.Queue("jobs")));
        // The line repaired, the rest comes in.
        Assert.Equal((2, 2), await Import(connection, File(good[0], good[1], Line("repaired"), good[2]), "jobs"));
        Assert.Equal(["a", "b", "repaired", "c"], await PopAll(connection.Queue("jobs")));
    }

    [Fact]
    public async Task LinesThatAPersonWroteAreMessages()
    {
        using var connection = Connect();
        var before = DateTimeOffset.UtcNow - TimeSpan.FromSeconds(1);
        var file = "\ufeff" + Line("a") + "\r\n\r\n  \n" + """{"json":{"x":1},"at":"2020-01-01T01:00:00+01:00","id":"01a20872-bd84-7000-bac3-1f91842e3dfc","whatever":[1]}""";
        Assert.Equal((2, 0), await Import(connection, System.Text.Encoding.UTF8.GetBytes(file), "jobs"));
        using var consumer = connection.Queue("jobs").OpenConsumer();
        var items = (await consumer.PopAsync(5, None)).Items;
        Assert.InRange(items[0].CreatedAt, before, DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1));
        Assert.Equal(("a", new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)), (items[0].ReadContent().Text, items[1].CreatedAt));
        Assert.Equal(BodyKind.Json, items[1].ReadContent().Kind);
    }

    [Fact]
    public async Task AnEmptyFileIsNothing()
    {
        using var connection = Connect();
        Assert.Equal((0, 0), await Import(connection, [], "jobs"));
        Assert.Equal((0, 0), await Import(connection, File("", ""), "jobs"));
        Assert.Null(await connection.Queue("jobs").SummaryAsync(None));
    }

    [Fact]
    public async Task AnotherFileThatBeginsWithTheSameLineIsNotTakenForTheFirst()
    {
        using var connection = Connect();
        string[] lines = [Line("a"), Line("b")];
        await Import(connection, File(lines), "jobs");
        await PopAll(connection.Queue("jobs"));
        var (added, error) = await FailToImport(connection, File(lines[0], Line("c"), Line("d")), "jobs");
        Assert.Equal((0, ConsulMqError.InvalidImportLine), (added, error.Error));
        Assert.StartsWith("Line 2 ", error.Message, StringComparison.Ordinal);
        // Nor is the same file with another number of lines before the end.
        Assert.Equal((0, ConsulMqError.InvalidImportLine), await Failed(File(lines[0], "", lines[1])));
        Assert.Empty(await PopAll(connection.Queue("jobs")));

        async Task<(long, ConsulMqError)> Failed(byte[] file)
        {
            var (count, failure) = await FailToImport(connection, file, "jobs");
            return (count, failure.Error);
        }
    }

    [Fact]
    public async Task AnotherFileThatBeginsWithTheSameLineIsNotTakenForTheFirstAtTheSameTimeEither()
    {
        using var connection = Connect();
        var first = Line("first");
        var (one, other) = (File(first, Line("a"), Line("b")), File(first, Line("c"), Line("d")));
        var pushed = false;
        // The other one is imported while the rest of this one is on its way.
        using var disturbed = Connect(through: consul => new BeforeMark(consul, 1, async () =>
        {
            pushed = true;
            Assert.Equal((3, 0), await Import(connection, other, "jobs"));
        }));
        var (added, error) = await FailToImport(disturbed, one, "jobs");
        Assert.True(pushed);
        Assert.Equal((0, ConsulMqError.InvalidImportLine), (added, error.Error));
        Assert.Contains("are not those that were imported", error.Message, StringComparison.Ordinal);
        Assert.Equal(["first", "c", "d"], await PopAll(connection.Queue("jobs")));
    }

    [Fact]
    public async Task AnImportThatIsStoppedInTheMiddleOfALineDoesNotGoOnBehindIt()
    {
        var begun = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        using var connection = Connect();
        using var slow = Connect(through: consul => new BeforeMark(consul, 1, async () =>
        {
            begun.TrySetResult();
            await held.Task;
        }));
        var file = File(Numbers(400).Select(static text => Line(text + new string('x', 3000))));
        using var cancel = new CancellationTokenSource();
        using (var import = slow.OpenImport(new MemoryStream(file), "jobs.jsonl", "jobs"))
        {
            var step = import.NextAsync(cancel.Token);
            await begun.Task;
            // It takes lines until there is no room for more beside those that wait.
            for (var before = -1L; before != import.Lines; await Task.Delay(2000))
                before = import.Lines;
            Assert.False(step.IsCompleted);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => step);
            held.SetResult();
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => import.NextAsync(None));
            Assert.Contains("Begin another import of the file", error.Message, StringComparison.Ordinal);
        }

        using var again = connection.OpenImport(new MemoryStream(file), "jobs.jsonl", "jobs");
        while (await again.NextAsync(None))
        {
            // To the end.
        }

        Assert.Equal(400, (await LookAll(connection.Queue("jobs"))).Count);
    }

    [Fact]
    public async Task SeveralImportsOfOneFileAtOnceBringEachLineOnce()
    {
        using var connection = Connect();
        await PushAll(connection.Queue("jobs"), Enumerable.Range(0, 600).Select(static i => $"m{i}-{new string('x', 1000)}"));
        var file = await Export(connection.Queue("jobs"));
        var connections = Enumerable.Range(0, 4).Select(_ => Connect(through: static consul => new Slow(consul))).ToList();
        var results = await Task.WhenAll(connections.Select(c => Import(c, file, "other")));
        connections.ForEach(static c => c.Dispose());
        Assert.Equal(600, results.Sum(static r => r.Added));
        Assert.All(results, static r => Assert.Equal(600, r.Added + r.Skipped));
        Assert.Equal(await PopAll(connection.Queue("jobs")), await PopAll(connection.Queue("other")));
    }

    [Fact]
    public async Task AMessageThatCannotGoInEndsTheImportAndNothingBehindItIsPushed()
    {
        using var connection = Connect();
        await connection.Queue("jobs").CreateAsync(new QueueSettings { MaxBodyBytes = 1000 }, None);
        var file = File(Line("a"), Line(new string('x', 2000)), Line("b"));
        var (added, error) = await FailToImport(connection, file, "jobs");
        Assert.Equal((1, ConsulMqError.MessageTooLarge), (added, error.Error));
        Assert.StartsWith("Line 2 of 'jobs.jsonl' was not imported. ", error.Message, StringComparison.Ordinal);
        await connection.Queue("jobs").ChangeAsync(static s => s with { MaxBodyBytes = 5000 }, None);
        Assert.Equal((2, 1), await Import(connection, file, "jobs"));
        Assert.Equal(["a", new string('x', 2000), "b"], await PopAll(connection.Queue("jobs")));
    }

    [Fact]
    public async Task AFullQueueTakesWhatItHasRoomForAndTheRestLater()
    {
        using var connection = Connect();
        await connection.Queue("jobs").CreateAsync(new QueueSettings { MaxDepth = 5 }, None);
        var file = File(Numbers(12).Select(Line));
        var (added, error) = await FailToImport(connection, file, "jobs");
        Assert.Equal((5, ConsulMqError.QueueFull), (added, error.Error));
        Assert.Equal(Numbers(12).Take(5), await PopAll(connection.Queue("jobs")));
        Assert.Equal(5, (await FailToImport(connection, file, "jobs")).Added);
        Assert.Equal(Numbers(12).Skip(5).Take(5), await PopAll(connection.Queue("jobs")));
        Assert.Equal((2, 10), await Import(connection, file, "jobs"));
    }

    [Fact]
    public async Task TheQueuesOwnTimeToLiveIsNotTakenAndWhatHasExpiredStaysOut()
    {
        using var connection = Connect();
        await connection.Queue("jobs").CreateAsync(new QueueSettings { TimeToLive = TimeSpan.FromMinutes(1) }, None);
        var file = File(Line("a"), $$"""{"id":"{{Guid.NewGuid()}}","expires":"2020-01-01T00:00:00Z","text":"old"}""");
        using var import = connection.OpenImport(new MemoryStream(file), "x", "jobs");
        Assert.True(await import.NextAsync(None) || import.Lines == 2);
        while (await import.NextAsync(None))
        {
            // To the end.
        }

        Assert.Equal((2, 1, 0, 1), (import.Lines, import.Added, import.Skipped, import.Expired));
        Assert.Null(Assert.Single((await connection.Queue("jobs").Browse().NextAsync(None))!.Items).TtlDeadline);
    }

    [Fact]
    public async Task AClearInTheMiddleTakesWhatWasThereAndTheRestComesIn()
    {
        using var connection = Connect();
        var jobs = connection.Queue("jobs");
        var cleared = false;
        using var disturbed = Connect(through: consul => new BeforeMark(consul, 2, async () =>
        {
            cleared = true;
            await jobs.ClearAsync(false, None);
        }));
        var texts = Enumerable.Range(0, 400).Select(static i => $"{i} {new string('x', 1000)}").ToList();
        Assert.Equal((400, 0), await Import(disturbed, File(texts.Select(Line)), "jobs"));
        Assert.True(cleared);
        var left = await PopAll(jobs);
        Assert.InRange(left.Count, 1, 399);
        Assert.Equal(texts.Skip(400 - left.Count), left);
    }

    /// <summary>Does something before the nth push of an import.</summary>
    private sealed class BeforeMark(IConsul inner, int number, Func<Task> before) : DelegatingConsul(inner)
    {
        private int _count;

        public override async Task<TransactionResult> TransactAsync(IReadOnlyList<KvOperation> operations, ReadConsistency consistency, CancellationToken cancellation)
        {
            if (operations.Any(static o => o.Key.Contains("/m/", StringComparison.Ordinal)) && ++_count == number)
                await before();
            return await base.TransactAsync(operations, consistency, cancellation);
        }
    }
}
