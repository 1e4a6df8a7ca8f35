using ConsulMq.Consul;
using ConsulMq.InMemory;
using ConsulMq.Queueing;
using ConsulMq.Storage;
using ConsulMq.Tests.Support;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Queueing;

/// <summary>Big bodies on their way to Consul and back, on the model and on a real Consul alike.</summary>
public abstract class BodyTransfer(IConsul consul) : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly QueueKeys _keys = new(ConsulFixture.NewPrefix(), "jobs");

    private static CancellationToken None => CancellationToken.None;

    public void Dispose()
    {
        consul.TransactAsync([KvOperation.DeleteTree(_keys.Root)], default, None).GetAwaiter().GetResult();
        consul.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(500 * 1024, 1)]
    [InlineData((500 * 1024) + 1, 2)]
    [InlineData(5_000_000, 10)]
    public async Task A_body_comes_back_as_it_went(int size, int chunks)
    {
        var context = Context();
        var bytes = Random(size);
        foreach (var source in new[] { BodySource.Of(MessageBody.FromBytes(bytes)), BodySource.Of(() => new Trickle(bytes)) })
        {
            var uploaded = await new BodyUploader(context).UploadAsync(source, null, None);
            Assert.Equal((size, chunks, BlobKind.Bytes), (uploaded.Body.Size, uploaded.Body.Chunks, uploaded.Body.Kind));
            Assert.Equal(bytes, (await new BodyDownloader(context).ReadAsync(uploaded.Body, None)).Bytes.ToArray());
            using var stream = new MemoryStream();
            await new BodyDownloader(context).CopyToAsync(uploaded.Body, stream, None);
            Assert.Equal(bytes, stream.ToArray());
        }
    }

    [Theory]
    [InlineData("text")]
    [InlineData("half \uD800 of a pair")]
    public async Task A_text_comes_back_as_a_text(string text)
    {
        var context = Context();
        var uploaded = await new BodyUploader(context).UploadAsync(BodySource.Of(MessageBody.FromText(text)), null, None);
        Assert.Equal(text, (await new BodyDownloader(context).ReadAsync(uploaded.Body, None)).Text);
    }

    [Fact]
    public async Task A_body_is_copied_from_queue_to_queue()
    {
        var (here, there) = (Context(), Context("others"));
        var bytes = Random(1_200_000);
        var first = await new BodyUploader(here).UploadAsync(BodySource.Of(MessageBody.FromBytes(bytes)), null, None);
        var second = await new BodyUploader(there).UploadAsync(BodySource.Of(here, first.Body), null, None);
        Assert.Equal(first.Body.Sha256, second.Body.Sha256);
        Assert.Equal(bytes, (await new BodyDownloader(there).ReadAsync(second.Body, None)).Bytes.ToArray());
    }

    [Fact]
    public async Task A_body_over_the_limit_leaves_nothing_behind()
    {
        var context = Context();
        var uploader = new BodyUploader(context);
        foreach (var source in new[] { BodySource.Of(MessageBody.FromBytes(Random(2_000_001))), BodySource.Of(() => new Trickle(Random(2_000_001))) })
        {
            var error = await Assert.ThrowsAsync<ConsulMqException>(() => uploader.UploadAsync(source, 2_000_000, None));
            Assert.Equal(ConsulMqError.MessageTooLarge, error.Error);
        }

        Assert.True(context.Background.Wait(TimeSpan.FromSeconds(10)));
        Assert.Empty(await Left());
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_nothing_behind()
    {
        var context = Context();
        var source = BodySource.Of(() => new Trickle(Random(2_000_000), breaksAt: 1_500_000));
        await Assert.ThrowsAsync<IOException>(() => new BodyUploader(context).UploadAsync(source, null, None));
        Assert.True(context.Background.Wait(TimeSpan.FromSeconds(10)));
        Assert.Empty(await Left());
    }

    [Fact]
    public async Task A_missing_chunk_is_named()
    {
        var context = Context();
        var body = await Upload(context, 2_000_000);
        await consul.DeleteAsync(_keys.Chunk(body.Id, 2), None);
        Assert.Equal(_keys.Chunk(body.Id, 2), (await Assert.ThrowsAsync<DamagedBodyException>(() => new BodyDownloader(context).ReadAsync(body, None))).Subject);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_chunk_of_another_length_is_named(int number)
    {
        var context = Context();
        var body = await Upload(context, 2_000_000);
        foreach (var change in new[] { -1, 1 })
        {
            var key = _keys.Chunk(body.Id, number);
            using var chunk = await consul.GetRawAsync(key, default, None);
            await consul.PutAsync(key, new byte[chunk!.Length + change], None);
            Assert.Equal(key, (await Assert.ThrowsAsync<DamagedBodyException>(() => new BodyDownloader(context).ReadAsync(body, None))).Subject);
            await consul.PutAsync(key, chunk.Bytes, None);
        }
    }

    [Fact]
    public async Task A_chunk_of_another_content_is_noticed()
    {
        var context = Context();
        var body = await Upload(context, 2_000_000);
        await consul.PutAsync(_keys.Chunk(body.Id, 1), new byte[Layout.ChunkBytes], None);
        using var stream = new MemoryStream();
        Assert.Equal(_keys.Body(body.Id), (await Assert.ThrowsAsync<DamagedBodyException>(() => new BodyDownloader(context).CopyToAsync(body, stream, None))).Subject);
    }

    [Fact]
    public async Task A_reference_that_cannot_be_true_allocates_nothing()
    {
        var context = Context();
        var body = (await Upload(context, 1000)) with { Size = 1_000_000_000 };
        await Assert.ThrowsAsync<DamagedBodyException>(() => new BodyDownloader(context).ReadAsync(body, None));
    }

    [Fact]
    public async Task What_a_dead_producer_left_behind_is_removed_after_an_hour()
    {
        var context = Context();
        await Upload(context, 1_000_000);
        await consul.PutAsync(_keys.Upload("no-mark"), "x"u8.ToArray(), None);
        _clock.Advance(TimeSpan.FromMinutes(59));
        await new UploadCleaner(context).CleanAsync();
        Assert.Equal(4, (await Left()).Count);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await new UploadCleaner(context).CleanAsync();
        Assert.Equal([_keys.Upload("no-mark")], await Left());
    }

    private QueueContext Context(string queue = "jobs")
    {
        var settings = new ConnectionSettings { Clock = _clock, Timeout = TimeSpan.FromSeconds(5) };
        var keys = queue == "jobs" ? _keys : new QueueKeys(_keys.Root.TrimEnd('/'), queue);
        return new QueueContext(consul, keys, settings, new IdGenerator(settings.Clock, settings.Random), null!, null!);
    }

    private static async Task<BodyReference> Upload(QueueContext context, int size) =>
        (await new BodyUploader(context).UploadAsync(BodySource.Of(MessageBody.FromBytes(Random(size))), null, None)).Body;

    private async Task<IReadOnlyList<string>> Left() =>
        [.. (await consul.KeysAsync(_keys.Root, null, ReadOptions.Consistent, None)).Keys.Where(key => !key.StartsWith(_keys.Receipts, StringComparison.Ordinal))];

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A stream that cannot be sought, and gives less at a time than it is asked for.</summary>
    private sealed class Trickle(byte[] bytes, int breaksAt = int.MaxValue) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= breaksAt ? throw new IOException("The disk is gone.") : base.ReadAsync(buffer[..Math.Min(buffer.Length, 100_000)], cancellationToken);
    }
}

public sealed class BodyTransferOnModel() : BodyTransfer(new InMemoryConsul());

public sealed class BodyTransferOnConsul(ConsulFixture consul) : BodyTransfer(new HttpConsul(new ConsulOptions { Address = consul.Address })), IClassFixture<ConsulFixture>;
