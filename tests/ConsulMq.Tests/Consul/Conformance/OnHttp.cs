namespace ConsulMq.Tests.Consul.Conformance;

public sealed class KvOnHttp() : KvConformance(RealConsul.Connect());

public sealed class TransactionsOnHttp() : TransactionConformance(RealConsul.Connect());

public sealed class SessionsOnHttp() : SessionConformance(RealConsul.Connect());

public sealed class BlockingOnHttp() : BlockingConformance(RealConsul.Connect());

public sealed class LimitsOnHttp() : LimitsConformance(RealConsul.Connect());

public sealed class AgentOnHttp() : AgentConformance(RealConsul.Connect());

public sealed class HistoriesOnHttp() : DifferentialTests(RealConsul.Connect());
