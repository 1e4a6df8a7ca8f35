using System.Net.Http.Json;
using System.Text;
using ConsulMq.Module.Tests.Commands;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Access;

/// <summary>Names that lead elsewhere, and text that steers terminals.</summary>
public sealed class HostileTextTests : CommandTests, IClassFixture<ConsulFixture>
{
    private static readonly string[] Names = ["", ".", "..", "a/../b", "a/b", "../x", " a", "a ", "a\0b", "a\nb", "a\u001b[31mb", "a\u202eb", "a\u00a0", "a\u200b", "\ud800", new('x', 200)];

    private static readonly HttpClient Http = new();

    private readonly string _consul;
    private readonly string _prefix;

    public HostileTextTests(ConsulFixture consul)
        : this(consul, ConsulFixture.NewPrefix())
    {
    }

    private HostileTextTests(ConsulFixture consul, string prefix)
        : base($"$null = Connect-ConsulMq '{consul.Address}' -Prefix '{prefix}'; $null = 'x' | Push-ConsulMqItem jobs") => (_consul, _prefix) = (consul.Address, prefix);

    public static TheoryData<string> Commands =>
    [
        "'x' | Push-ConsulMqItem $name",
        "'x' | Push-ConsulMqItem $name -First",
        "'x' | Push-ConsulMqItem $name -Delay 1h",
        "Pop-ConsulMqItem $name",
        "Pop-ConsulMqItem $name -Lease",
        "Get-ConsulMqItem $name",
        "Get-ConsulMqIndex $name",
        "Move-ConsulMqItem jobs -Destination $name",
        "Move-ConsulMqItem $name -Destination jobs",
        "Clear-ConsulMq $name -Confirm:$false",
        "New-ConsulMqQueue $name",
        "Set-ConsulMqQueue $name -MaxDepth 5",
        "Remove-ConsulMqQueue $name -Confirm:$false",
        "Remove-ConsulMqItem $name -Id 01a20872-bd84-7000-bac3-1f91842e3dfc -Confirm:$false",
        "Export-ConsulMqQueue $name -Path ([IO.Path]::GetTempFileName()) -Force",
        "Register-ConsulMqQueueCheck $name -WarningDepth 1",
        "Invoke-ConsulMqWorker $name -StopWhenEmpty { }",
        "[pscustomobject] @{ Id = '01a20872-bd84-7000-bac3-1f91842e3dfc'; Queue = $name; ReceiptHandle = 's/00aa.1.9/0' } | Complete-ConsulMqItem",
        "[pscustomobject] @{ Id = '01a20872-bd84-7000-bac3-1f91842e3dfc'; Queue = $name; ReceiptHandle = 's/00aa.1.9/0' } | Undo-ConsulMqItem",
        "[pscustomobject] @{ Id = '01a20872-bd84-7000-bac3-1f91842e3dfc'; Queue = $name; ReceiptHandle = 's/00aa.1.9/0' } | Deny-ConsulMqItem",
        "[pscustomobject] @{ Id = '01a20872-bd84-7000-bac3-1f91842e3dfc'; Queue = $name; ReceiptHandle = 's/00aa.1.9/0' } | Update-ConsulMqLease",
        "Connect-ConsulMq -InMemory -DefaultQueue $name",
        "Connect-ConsulMq -InMemory -Prefix \"team/$name\"",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_name_that_leads_elsewhere_is_refused_by(string command)
    {
        foreach (var name in Names)
        {
            // An empty segment at the end of a prefix is a slash too many.
            if (command.Contains("-Prefix", StringComparison.Ordinal) && name is "" or "a/b")
                continue;
            var result = Session.Run("param($name) try { " + command + " } catch { [pscustomobject] @{ Caught = $_ } }", new Dictionary<string, object> { ["name"] = name });

            var error = result.Errors.SingleOrDefault() ?? (System.Management.Automation.ErrorRecord)((dynamic)Assert.Single(result.Output)).Caught;
            Assert.Contains(error.FullyQualifiedErrorId.Split(',')[0], new[] { "InvalidQueueName", "InvalidConnectionSettings" });
            Assert.DoesNotContain(error.ToString(), static c => char.IsControl(c) || c is '\u202e');
        }
    }

    [Theory]
    [InlineData("../00aa.1.9/0")]
    [InlineData("x/../../other/00aa.1.9/0")]
    [InlineData("s/00aa.1.9/../0")]
    [InlineData("self?dc=x/00aa.1.9/0")]
    public void A_handle_that_leads_elsewhere_is_refused(string handle)
    {
        foreach (var command in new[] { "Complete-ConsulMqItem", "Undo-ConsulMqItem", "Deny-ConsulMqItem", "Update-ConsulMqLease" })
        {
            var error = Fail($"param($handle) {command} -Queue jobs -Id 01a20872-bd84-7000-bac3-1f91842e3dfc -ReceiptHandle $handle -ErrorAction Continue", new Dictionary<string, object> { ["handle"] = handle });
            Assert.StartsWith("InvalidReceiptHandle,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_somebody_else_wrote_steers_no_terminal_and_hides_no_queue()
    {
        // In a transaction a key may be anything.
        await WriteAsync($"{_prefix}/\u001b[31mred/_index/tail", """{"page":1}""");
        await WriteAsync($"{_prefix}/ blank/_index/tail", """{"page":1}""");
        await WriteAsync($"{_prefix}/jobs/p/0000000000000001/\u001b]0;title\u0007", "x");

        Assert.Equal(["jobs"], Run("Get-ConsulMqQueue | ForEach-Object Name"));
        foreach (var command in new[] { "Get-ConsulMqItem jobs -All", "Get-ConsulMqIndex jobs", "Pop-ConsulMqItem jobs -All", "Export-ConsulMqQueue jobs -Path ([IO.Path]::GetTempFileName()) -Force" })
        {
            var result = Session.Run($"{command} -Verbose -ErrorAction Continue");
            Assert.DoesNotContain(result.Errors.Select(static e => e.ToString()).Concat(result.Verbose).Concat(result.Warnings), static text => text.Contains('\u001b', StringComparison.Ordinal) || text.Contains('\u0007', StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task No_view_lets_a_message_steer_the_terminal()
    {
        using var process = ScriptHostProcess.Start(
            """
            Import-Module ConsulMq
            $null = Connect-ConsulMq -InMemory
            $e = "$([char] 27)]0;owned$([char] 7)$([char] 27)[31m$([char] 0x9b)2J"
            $null = $e | Push-ConsulMqItem jobs -Tag $e -Header @{ "h$e" = $e } -ContentType "t/$e" -ErrorAction Continue
            $null = $e | Push-ConsulMqItem jobs -Tag $e -Header @{ h = $e }
            $null = @{ a = $e; "$e" = 1 } | Push-ConsulMqItem jobs
            Get-ConsulMqItem jobs -All
            Get-ConsulMqIndex jobs
            Find-ConsulMqItem jobs -State Ready
            Get-ConsulMqQueue
            $j = Pop-ConsulMqItem jobs -Lease; $j | Deny-ConsulMqItem -Reason $e
            Get-ConsulMqItem jobs.dead 
            Invoke-ConsulMqWorker jobs -MaxItems 1 -RetryDelay 1s -Verbose { $null } 4>&1
            """);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();

        Assert.Contains("owned", output, StringComparison.Ordinal);
        // The views' own colours are a sequence that ends in m, and the host takes them out.
        Assert.DoesNotContain('\u0007', output + await errors);
        Assert.DoesNotContain('\u009b', output + await errors);
        Assert.DoesNotContain("\u001b]", output + await errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[31m\u009b", output, StringComparison.Ordinal);
    }

    private async Task WriteAsync(string key, string value) =>
        (await Http.PutAsJsonAsync(_consul + "/v1/txn", new[] { new { KV = new { Verb = "set", Key = key, Value = Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) } } })).EnsureSuccessStatusCode();
}
