using ConsulMq.Internal;

namespace ConsulMq;

/// <summary>How a connection works. All have defaults.</summary>
public sealed record ConnectionSettings
{
    /// <summary>The key prefix under which all queues lie: one or more segments, without a slash at its ends.</summary>
    public string Prefix { get; init; } = "consulmq";

    /// <summary>The queue that is meant where none is named.</summary>
    public string DefaultQueue { get; init; } = "consulmq";

    /// <summary>How long an operation keeps trying while Consul does not answer, before it fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The time to live of the session under which messages are leased, 10 s to 24 h. It is renewed three times in that time while the connection lives;
    /// after the process died, its messages come back within two such times (below 12 s: and a moment, for Consul knows none shorter than 10 s).
    /// </summary>
    public TimeSpan SessionTtl { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What this client's receipts are called in Consul, for people: letters, digits, dots, dashes.</summary>
    public string ClientName { get; init; } = DefaultClientName();

    /// <summary>Makes <see cref="QueueObject.Body"/> of a stored body; null: strings, bytes and <see cref="System.Text.Json.JsonElement"/>.</summary>
    public Func<QueueObject, object?>? BodyReader { get; init; }

    /// <summary>The time.</summary>
    public Clock Clock { get; init; } = Clock.System;

    /// <summary>Randomness for IDs, rolling and jitter.</summary>
    public RandomSource Random { get; init; } = RandomSource.System;

    /// <summary>How waiting callers go on: on a thread of their own, or, in a simulation, at once on the one that there is.</summary>
    internal TaskCreationOptions Continuations { get; init; } = TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>How likely a process does the rare chores at its first chance, and not only after ten minutes.</summary>
    internal double FirstChores { get; init; } = 1 / 16.0;

    /// <summary>How long the agent believes that this process lives, and that a queue is as it was said to be, without hearing of it again.</summary>
    internal TimeSpan CheckTtl { get; init; } = TimeSpan.FromSeconds(30);

    private static string DefaultClientName()
    {
        using var process = global::System.Diagnostics.Process.GetCurrentProcess();
        return PlainText.Of($"{Environment.MachineName}-{process.Id}");
    }
}
