using ConsulMq.Consul;
using ConsulMq.TestSupport;

namespace ConsulMq.Tests.Consul.Conformance;

public sealed class KvOnHttp(ConsulFixture consul) : KvConformance(Http.Connect(consul)), IClassFixture<ConsulFixture>;

public sealed class TransactionsOnHttp(ConsulFixture consul) : TransactionConformance(Http.Connect(consul)), IClassFixture<ConsulFixture>;

public sealed class SessionsOnHttp(ConsulFixture consul) : SessionConformance(Http.Connect(consul)), IClassFixture<ConsulFixture>;

public sealed class BlockingOnHttp(ConsulFixture consul) : BlockingConformance(Http.Connect(consul)), IClassFixture<ConsulFixture>;

public sealed class LimitsOnHttp(ConsulFixture consul) : LimitsConformance(Http.Connect(consul)), IClassFixture<ConsulFixture>;

public sealed class AgentOnHttp(ConsulFixture consul) : AgentConformance(Http.Connect(consul)), IClassFixture<ConsulFixture>;

public sealed class HistoriesOnHttp(ConsulFixture consul) : DifferentialTests(Http.Connect(consul)), IClassFixture<ConsulFixture>;

internal static class Http
{
    public static HttpConsul Connect(ConsulFixture consul) => new(new ConsulOptions { Address = consul.Address });
}
