using ConsulMq.Consul;
using ConsulMq.Diagnostics;
using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>
/// Creates a queue with settings, and changes them: one transaction that also moves the tail and touches the head, so that everything that anybody
/// remembers of the queue becomes stale, and whoever writes next has read the settings anew.
/// </summary>
internal sealed class SettingsWriter(QueueContext context)
{
    /// <summary>Creates the queue.</summary>
    /// <param name="settings">What holds for it; null: what is set for it already, as for a queue that a push creates.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueExists"/>, <see cref="ConsulMqError.InvalidSetting"/></exception>
    public async Task CreateAsync(QueueSettings? settings, CancellationToken cancellation)
    {
        if (settings is not null)
            Validate(settings);
        var keys = context.Keys;
        while (true)
        {
            if (await context.Index.ReadAsync(cancellation).ConfigureAwait(false) is not null)
                throw Exists();
            var known = context.Index.Info;
            var isKept = known is not null && settings is null;
            var info = new QueueInfo { CreatedAt = context.Now, Settings = settings ?? new QueueSettings() };
            var operations = new List<KvOperation>
            {
                isKept ? KvOperation.CheckIndex(keys.Info, known!.Index) : KvOperation.Cas(keys.Info, known?.Index ?? 0, info.ToJson()),
                KvOperation.Cas(keys.Head, 0, IndexCodec.Head(new HeadState(IndexCodec.FirstPage, false), 0)),
                KvOperation.Cas(keys.Tail, 0, IndexCodec.Tail(IndexCodec.FirstPage)),
            };
            if ((await context.Committer.CommitAsync(operations).WithCancellation(cancellation).ConfigureAwait(false)).Succeeded)
            {
                OperationLog.Steps?.Step($"Created '{keys.Queue}', {OperationLog.Steps?.Took}.");
                return;
            }
        }
    }

    /// <summary>Creates the queue with these settings unless somebody else was faster; then it keeps its own. As <see cref="CreateAsync"/>.</summary>
    public async Task EnsureAsync(QueueSettings? settings, CancellationToken cancellation)
    {
        try
        {
            await CreateAsync(settings, cancellation).ConfigureAwait(false);
        }
        catch (ConsulMqException e) when (e.Error == ConsulMqError.QueueExists)
        {
            // It is there: that is all that was asked for.
        }
    }

    /// <summary>Changes the settings, whoever else changes them at the same time.</summary>
    /// <param name="change">Makes the new settings of those that are there. Called again where somebody else was faster.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/>, <see cref="ConsulMqError.InvalidSetting"/></exception>
    public async Task<QueueSettings> ChangeAsync(Func<QueueSettings, QueueSettings> change, CancellationToken cancellation)
    {
        var keys = context.Keys;
        while (true)
        {
            var index = await context.Index.RequireAsync(cancellation).ConfigureAwait(false);
            var known = context.Index.Info;
            var settings = Validate(change(index.Tail.Settings));
            if (settings == index.Tail.Settings)
                return settings;
            var info = (known ?? new QueueInfo { CreatedAt = context.Now }) with { Settings = settings };
            var operations = new List<KvOperation>
            {
                KvOperation.Cas(keys.Info, known?.Index ?? 0, info.ToJson()),
                KvOperation.Cas(keys.Tail, index.Tail.Index, IndexCodec.Tail(index.Tail.Page + 1)),
                KvOperation.Cas(keys.Head, index.HeadIndex, IndexCodec.Head(index.Head, index.HeadIndex)),
            };
            var commit = await context.Committer.CommitAsync(operations).WithCancellation(cancellation).ConfigureAwait(false);
            // This process reads them anew as everybody does.
            context.Index.Forget();
            OperationLog.Steps?.Step(commit.Succeeded
                ? $"Wrote the settings of '{keys.Queue}' (Raft index {commit.Index}), {OperationLog.Steps?.Took}."
                : $"Somebody else changed '{keys.Queue}' meanwhile: reading it again.");
            if (commit.Succeeded)
                return settings;
        }
    }

    private static QueueSettings Validate(QueueSettings settings) => settings.Problem() is { } problem
        ? throw new ConsulMqException(ConsulMqError.InvalidSetting, $"{problem}. Nothing was changed.", settings)
        : settings;

    private ConsulMqException Exists() => new(ConsulMqError.QueueExists,
        $"There is a queue '{context.Keys.Queue}' already, and nothing was changed.", context.Keys.Queue)
    {
        RecommendedAction = "Change its settings with Set-ConsulMqQueue, or take another name.",
    };
}
