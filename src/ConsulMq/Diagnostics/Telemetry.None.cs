using System.Diagnostics.CodeAnalysis;
using ConsulMq.Queueing;

namespace ConsulMq.Diagnostics;

/// <summary>The build for .NET Framework tells nobody anything: activities and meters are not in its box. Telemetry.cs is its twin.</summary>
[SuppressMessage("Performance", "CA1822", Justification = "As its twin is.")]
internal sealed class Telemetry
{
    public Telemetry(string address, string queue) => _ = (address, queue);

    public static bool IsOn => false;

    public PushItem Create(PushItem item) => item;

    public Task<QueueObject> SendAsync(MessageDraft draft, Func<MessageDraft, Task<QueueObject>> push) => push(draft);

    public Task SendAsync(PushRun run, Func<Task> send) => send();

    public Task<T> ReceiveAsync<T>(Func<Task<T>> receive) => receive();

    public Task<SettleOutcome[]> SettleAsync(Settler settler, IReadOnlyList<Settlement> settlements) => settler.SettleAsync(settlements);
}
