namespace ConsulMq.Workers;

/// <summary>How a worker works.</summary>
internal sealed record WorkerOptions
{
    /// <summary>How many messages at the same time.</summary>
    public required int ThrottleLimit { get; init; }

    /// <summary>After how many messages it ends; null: no such end.</summary>
    public int? MaxItems { get; init; }

    /// <summary>Whether it ends when nothing is left.</summary>
    public bool StopWhenEmpty { get; init; }

    /// <summary>After which time it begins with no more messages and ends; null: no such end.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long what runs may go on when the worker ends.</summary>
    public required TimeSpan GracePeriod { get; init; }

    /// <summary>How long a message stays away after its first failure.</summary>
    public required TimeSpan RetryDelay { get; init; }
}
