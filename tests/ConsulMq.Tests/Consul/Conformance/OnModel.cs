using ConsulMq.InMemory;

namespace ConsulMq.Tests.Consul.Conformance;

public sealed class KvOnModel() : KvConformance(new InMemoryConsul());

public sealed class TransactionsOnModel() : TransactionConformance(new InMemoryConsul());

public sealed class SessionsOnModel() : SessionConformance(new InMemoryConsul());

public sealed class BlockingOnModel() : BlockingConformance(new InMemoryConsul());

public sealed class LimitsOnModel() : LimitsConformance(new InMemoryConsul());

public sealed class AgentOnModel() : AgentConformance(new InMemoryConsul());
