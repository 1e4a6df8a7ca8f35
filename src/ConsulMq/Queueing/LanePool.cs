using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>The lanes of one client in one queue: as many as it ever had writes under way at once.</summary>
internal sealed class LanePool(QueueKeys keys, string client, IdGenerator ids, Clock clock)
{
    /// <summary>
    /// After this long an idle lane is not used again: receipts that nobody uses are collected after two days, and a lane must never meet that.
    /// </summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromHours(1);

    private readonly Stack<Lane> _idle = new();

    /// <summary>A lane with nothing under way.</summary>
    public Lane Rent()
    {
        lock (_idle)
        {
            while (_idle.Count > 0)
            {
                var lane = _idle.Pop();
                if (clock.Elapsed - lane.UsedAt < LongestIdle)
                    return lane;
            }
        }

        return new Lane(keys.Receipt($"{client}-{ids.NewToken()}"));
    }

    /// <summary>Gives a lane back. One whose last operation's outcome is not known is not given back, but left alone for ever.</summary>
    public void Return(Lane lane)
    {
        lane.UsedAt = clock.Elapsed;
        lock (_idle)
            _idle.Push(lane);
    }
}
