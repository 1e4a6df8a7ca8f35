using ConsulMq.Consul;
using ConsulMq.Nodes;

namespace ConsulMq.Tests.Nodes;

public sealed class QueueVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, CheckStatus.Passing, "jobs: 0 ready, 2 in flight, oldest 0s")]
    [InlineData(99, 59, CheckStatus.Passing, "jobs: 99 ready, 2 in flight, oldest 59s")]
    [InlineData(100, 59, CheckStatus.Warning, "jobs: 100 ready (warning at 100), 2 in flight, oldest 59s")]
    [InlineData(1234, 59, CheckStatus.Critical, "jobs: 1,234 ready (critical at 1,000), 2 in flight, oldest 59s")]
    [InlineData(1, 60, CheckStatus.Warning, "jobs: 1 ready, 2 in flight, oldest 60s (warning at 1m)")]
    [InlineData(1, 420, CheckStatus.Critical, "jobs: 1 ready, 2 in flight, oldest 7m (critical at 90s)")]
    [InlineData(1000, 60, CheckStatus.Critical, "jobs: 1,000 ready (critical at 1,000), 2 in flight, oldest 60s (warning at 1m)")]
    public void A_queue_is_as_bad_as_the_worst_of_its_limits(long depth, int age, CheckStatus status, string output)
    {
        var thresholds = new QueueThresholds { WarningDepth = 100, CriticalDepth = 1000, WarningAge = TimeSpan.FromMinutes(1), CriticalAge = TimeSpan.FromSeconds(90) };
        Assert.Equal(new QueueVerdict(status, output), QueueVerdict.Of("jobs", Queue(depth, age), thresholds, Now));
    }

    [Fact]
    public void A_queue_without_messages_has_no_age_and_one_that_is_not_there_is_as_good_as_empty()
    {
        var thresholds = new QueueThresholds { WarningAge = TimeSpan.FromMinutes(1) };
        Assert.Equal(new QueueVerdict(CheckStatus.Passing, "jobs: 0 ready, 2 in flight"), QueueVerdict.Of("jobs", Queue(0, null), thresholds, Now));
        Assert.Equal(new QueueVerdict(CheckStatus.Passing, "jobs: 0 ready (there is no such queue)"), QueueVerdict.Of("jobs", null, thresholds, Now));
        Assert.Null(QueueVerdict.NextChange(Queue(0, null), thresholds, Now));
    }

    [Theory]
    [InlineData(10, 50)]
    [InlineData(60, 30)]
    [InlineData(90, null)]
    public void The_next_limit_of_its_age_is_known_beforehand(int age, int? seconds)
    {
        var thresholds = new QueueThresholds { WarningAge = TimeSpan.FromMinutes(1), CriticalAge = TimeSpan.FromSeconds(90) };
        Assert.Equal(seconds, QueueVerdict.NextChange(Queue(1, age), thresholds, Now)?.TotalSeconds);
    }

    [Theory]
    [InlineData(null, null, null, null, "At least one")]
    [InlineData(0, null, null, null, "1 or more")]
    [InlineData(10, 9, null, null, "below")]
    [InlineData(null, null, 0, null, "longer than zero")]
    [InlineData(null, null, 300, 90, "90s) is shorter than the age for a warning (5m)")]
    public void Thresholds_that_make_no_sense_are_told(int? warningDepth, int? criticalDepth, int? warningAge, int? criticalAge, string problem) =>
        Assert.Contains(problem, Thresholds(warningDepth, criticalDepth, warningAge, criticalAge).Problem(), StringComparison.Ordinal);

    [Theory]
    [InlineData(1, null, null, null)]
    [InlineData(null, 1, null, null)]
    [InlineData(10, 10, 5, 5)]
    public void Thresholds_that_make_sense_are_none(int? warningDepth, int? criticalDepth, int? warningAge, int? criticalAge) =>
        Assert.Null(Thresholds(warningDepth, criticalDepth, warningAge, criticalAge).Problem());

    private static QueueThresholds Thresholds(int? warningDepth, int? criticalDepth, int? warningAge, int? criticalAge) => new()
    {
        WarningDepth = warningDepth,
        CriticalDepth = criticalDepth,
        WarningAge = warningAge is { } warning ? TimeSpan.FromSeconds(warning) : null,
        CriticalAge = criticalAge is { } critical ? TimeSpan.FromSeconds(critical) : null,
    };

    private static ConsulMqQueue Queue(long depth, int? age) =>
        new() { Name = "jobs", Depth = depth, Bytes = 1, Scheduled = 0, InFlight = 2, CreatedAt = default, OldestAt = age is { } seconds ? Now.AddSeconds(-seconds) : null };
}
