using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Module.Tests.Access;

/// <summary>The policies of docs/access-control.md, word for word: each is enough for its role, and nothing in it is too much.</summary>
[Collection(LockedCollection.Name)]
public sealed class PolicyTests(LockedConsul consul) : IDisposable
{
    /// <summary>These speak to no Consul, or have nothing to ask it.</summary>
    private static readonly string[] NoScenario =
        ["Connect-ConsulMq", "Disconnect-ConsulMq", "Get-ConsulMqConnection", "Start-ConsulMqDevAgent", "Stop-ConsulMqDevAgent"];

    private static readonly Dictionary<string, IReadOnlyList<Scenario>> Roles = new()
    {
        ["producer"] = Scenario.Pushing,
        ["consumer"] = [.. Scenario.Consuming, .. Scenario.Looking],
        ["operator"] = [.. Scenario.Pushing, .. Scenario.Consuming, .. Scenario.Looking, .. Scenario.Operating],
        ["monitor"] = [.. Scenario.Looking, .. Scenario.Operating.Where(static s => s.Cmdlet == "Get-ConsulMqNode")],
        ["producer of jobs"] = Scenario.Pushing,
        ["consumer of jobs"] = [.. Scenario.Consuming, .. Scenario.Looking.Where(static s => s.Cmdlet != "Get-ConsulMqQueue:pattern")],
    };

    /// <summary>What the operator alone does, and something of each kind of what the others do.</summary>
    private static readonly IReadOnlyList<Scenario> Own =
    [
        .. Scenario.Operating,
        .. Scenario.Pushing.Take(1),
        .. Scenario.Consuming.Where(static s => s.Cmdlet is "Pop-ConsulMqItem:lease" or "Complete-ConsulMqItem" or "Invoke-ConsulMqWorker:check"),
        .. Scenario.Looking.Take(2),
    ];

    private static int s_queues;

    private static int s_tried;

    private readonly string _folder = Directory.CreateTempSubdirectory("consulmq-access-").FullName;

    public static TheoryData<string> RoleNames => [.. Roles.Keys];

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void Every_policy_on_the_page_and_every_cmdlet_has_its_scenarios()
    {
        using var session = new ModuleRunspace();
        var exported = session.Run("Get-Command -Module ConsulMq | ForEach-Object Name").Values.Cast<string>();

        Assert.Equal(exported.Order(), Roles["operator"].Select(static s => s.Cmdlet.Split(':')[0]).Concat(NoScenario).Distinct().Order());
        Assert.Equal(Roles.Keys.Order(), PolicyText.Names.Order());
        new Figures("Locked doors").Write("Cmdlets, ways to use them", $"{exported.Count()}, {Roles["operator"].Count}");
    }

    [Theory]
    [Trait("Category", Soak.Category)]
    [MemberData(nameof(RoleNames))]
    public async Task A_policy_is_enough_for_its_role_and_nothing_in_it_is_too_much(string role)
    {
        var policy = PolicyText.Of(role);
        Assert.Empty((await TryAllAsync(role, policy, Roles[role])).Where(static o => o.Text is not null || o.ErrorId is not null).Select(static o => o.ToString()));

        // What the operator shares with the others is tried with less in their place, but for the long form.
        var scenarios = role == "operator" && !Soak.IsOn ? Own : Roles[role];
        var less = policy.Less(Soak.IsOn).Where(l => Soak.IsOn || !IsOfOneQueue(role) || l.Rule.Kind == "key").ToList();
        s_tried += less.Count + 1;
        var results = new List<Outcome>[less.Count];
        // Where all work on one queue, one goes after the other.
        await Parallel.ForEachAsync(Enumerable.Range(0, less.Count), new ParallelOptions { MaxDegreeOfParallelism = IsOfOneQueue(role) ? 1 : 4 },
            async (i, _) => results[i] = await TryAllAsync(role, less[i].Remainder, scenarios));
        foreach (var ((rule, rest), outcomes) in less.Zip(results))
        {
            var denied = outcomes.Where(static o => o.Text is not null || o.ErrorId is not null).ToList();

            Assert.True(denied.Count > 0, $"Nobody misses {rule}, having only: {rest}");
            foreach (var outcome in denied)
            {
                Assert.True(outcome.ErrorId?.StartsWith("AclDenied,", StringComparison.Ordinal) ?? true, $"Without {rule}: {outcome}");
                Assert.True(outcome.Access is not null, $"Without {rule}: {outcome}");
                var resource = outcome.Resource;
                Assert.False(rest.Gives(outcome.Access!, resource), $"Without {rule} a permission is named that is there: {outcome}");
                Assert.True(policy.Gives(outcome.Access!, resource), $"Without {rule} a permission is named that the role never had: {outcome}");
            }

            // Without the keys nothing works; what else there is has the cmdlets that ask for it.
            if (rule.Kind == "key" && !rest.Rules.Any(static r => r.Kind == "key"))
                Assert.Equal(scenarios.Select(static s => s.Cmdlet).Where(static c => c != "Get-ConsulMqNode"), denied.Select(static o => o.Scenario));
            if (rule.Kind == "session")
                Assert.Equal(scenarios.Select(static s => s.Cmdlet).Where(static c => c is "Pop-ConsulMqItem:lease" or "Pop-ConsulMqItem:duration" or "Update-ConsulMqLease" || c.StartsWith("Invoke-", StringComparison.Ordinal)), denied.Select(static o => o.Scenario));
        }

        new Figures("Locked doors").Write("Policies tried: those of the page, and with less", $"{s_tried}");
    }

    /// <summary>Somebody who begins with nothing, and adds what each error names, comes to a policy under which all works, and to no more than the operator's.</summary>
    [Fact]
    public async Task What_the_errors_name_is_what_it_takes()
    {
        var rules = new List<PolicyRule>();
        for (var round = 1; ; round++)
        {
            var outcomes = await TryAllAsync("operator", new PolicyText(rules), Soak.IsOn ? Roles["operator"] : Own, "jobs");
            var named = outcomes.Where(static o => o.Access is not null).Select(static o => o.Rule).Distinct().Except(rules).ToList();
            if (named.Count == 0)
            {
                Assert.Empty(outcomes.Where(static o => o.ErrorId is not null || o.Text is not null).Select(static o => o.ToString()));
                break;
            }

            Assert.InRange(round, 1, 8);
            rules.AddRange(named);
        }

        var whole = PolicyText.Of("operator");
        Assert.DoesNotContain(rules, rule => !whole.Gives($"{rule.Kind}:{rule.Policy}", rule.Name));
    }

    [Theory]
    [InlineData("producer of jobs", "'x' | Push-ConsulMqItem other")]
    [InlineData("consumer of jobs", "Pop-ConsulMqItem other")]
    [InlineData("consumer of jobs", "Get-ConsulMqItem jobs2")]
    public async Task Who_may_use_one_queue_may_use_no_other(string role, string script)
    {
        using var master = Master();
        master.Do("foreach ($n in 'other', 'jobs2') { $null = 'x' | Push-ConsulMqItem $n }", "jobs");
        using var actor = new Actor(consul, await consul.TokenAsync(PolicyText.Of(role).ToString()), _folder);
        Assert.Null(actor.Connect().Text);

        var outcome = actor.Try(new Scenario("other", script), "jobs", []);

        Assert.StartsWith("AclDenied,", outcome.ErrorId, StringComparison.Ordinal);
        Assert.StartsWith(script.Contains("jobs2", StringComparison.Ordinal) ? "consulmq/jobs2/" : "consulmq/other/", outcome.Resource, StringComparison.Ordinal);
    }

    private static bool IsOfOneQueue(string role) => role.EndsWith(" of jobs", StringComparison.Ordinal);

    private async Task<List<Outcome>> TryAllAsync(string role, PolicyText policy, IReadOnlyList<Scenario> scenarios, string? queue = null)
    {
        queue ??= IsOfOneQueue(role) ? "jobs" : null;
        using var master = Master();
        using var actor = new Actor(consul, await consul.TokenAsync(policy.ToString()), _folder);
        var outcomes = new List<Outcome>();
        var connected = actor.Connect();
        if (connected.Text is not null)
            outcomes.Add(connected);
        foreach (var scenario in scenarios)
        {
            var q = queue ?? $"q{Interlocked.Increment(ref s_queues)}";
            if (queue is not null)
                master.Do("foreach ($n in $q, \"$q.dead\", \"$q.other\") { if (Get-ConsulMqQueue \"$n*\" | Where-Object Name -eq $n) { Remove-ConsulMqQueue $n -Confirm:$false } }; foreach ($f in [IO.Directory]::GetFiles($folder)) { [IO.File]::Delete($f) }", q);
            var given = scenario.Given.Length > 0 ? master.Do(scenario.Given, q) : [];
            outcomes.Add(actor.Try(scenario, q, given));
        }

        return outcomes;
    }

    private Actor Master()
    {
        var master = new Actor(consul, consul.MasterToken, _folder);
        master.Do("$null = Connect-ConsulMq @server -NoRegister", "");
        return master;
    }
}
