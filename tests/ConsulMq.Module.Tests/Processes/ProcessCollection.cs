using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Processes;

/// <summary>
/// Tests that start processes by the handful. One after the other and after all other tests: side by side they would take the machine from each other,
/// and from those that look at the clock.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection : ICollectionFixture<ConsulFixture>
{
    public const string Name = "Processes";
}
