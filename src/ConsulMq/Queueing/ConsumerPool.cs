using System.Collections.Concurrent;

namespace ConsulMq.Queueing;

/// <summary>What a consumer knows of its queue; passed on from one to the next, so that a pop after a pop needs no read.</summary>
internal sealed class ConsumerState
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public ConsumerState(QueueContext context)
    {
        Crowd = new Crowd(context.Settings.Random);
        Share = new CrowdReader(context, Crowd);
    }

    public HeadView? View { get; set; }

    /// <summary>The page that the head is likely to be on.</summary>
    public long? Guess { get; set; }

    public Crowd Crowd { get; }

    /// <summary>What it takes from while others compete.</summary>
    public CrowdReader Share { get; }

    /// <summary>Keys whose damage was reported already.</summary>
    public HashSet<string> Reported { get; } = new(StringComparer.Ordinal);

    private TimeSpan _touchedAt;

    /// <summary>Notes that a pop begins. After a pause, who competed before says nothing about now.</summary>
    public void Touch(TimeSpan now)
    {
        if (now - _touchedAt > LongestPause)
            Crowd.Reset();
        _touchedAt = now;
    }

    /// <summary>Drops the view, but not what it taught.</summary>
    public void DropView()
    {
        if (View is { } view)
            Guess = view.Head.Page;
        View = null;
    }
}

/// <summary>The states that no consumer uses just now.</summary>
internal sealed class ConsumerPool(QueueContext context)
{
    private readonly ConcurrentStack<ConsumerState> _idle = [];

    public ConsumerState Rent() => _idle.TryPop(out var state) ? state : new ConsumerState(context);

    public void Return(ConsumerState state)
    {
        state.Reported.Clear();
        state.Share.ForgetDamage();
        _idle.Push(state);
    }
}
