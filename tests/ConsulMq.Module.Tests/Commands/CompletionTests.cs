using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What the Tab key offers, at every argument.</summary>
public sealed class CompletionTests() : CommandTests(InMemory)
{
    /// <summary>Parameters whose values nobody but the user knows, and why. A name without a command is meant for all of them.</summary>
    private static readonly Dictionary<string, string> Exempt = new(StringComparer.Ordinal)
    {
        ["InputObject"] = "comes through the pipeline",
        ["ScriptBlock"] = "is code",
        ["Body"] = "is any text",
        ["Reason"] = "is any text",
        ["DeduplicationId"] = "is the producer's own",
        ["Header"] = "is a hashtable",
        ["Token"] = "is secret",
        ["ClientCertificatePassword"] = "is secret",
        ["Namespace"] = "only Consul Enterprise knows",
        ["Partition"] = "only Consul Enterprise knows",
        ["TlsServerName"] = "is what stands in a certificate",
    };

    private static readonly HashSet<string> Files = ["Path", "LiteralPath", "OutFile", "TokenFile", "CaCertificate", "ClientCertificate", "ClientKey"];

    [Fact]
    public void Each_parameter_completes_its_values_or_says_why_not()
    {
        var commands = Run("Get-Command -Module ConsulMq -CommandType Cmdlet").Cast<CmdletInfo>().ToList();

        var bare = from command in commands
                   from parameter in command.Parameters.Values
                   where !Cmdlet.CommonParameters.Contains(parameter.Name) && !Cmdlet.OptionalCommonParameters.Contains(parameter.Name)
                   where !Completes(parameter) && !Exempt.ContainsKey(parameter.Name) && !Files.Contains(parameter.Name)
                   select $"{command.Name} -{parameter.Name}";

        Assert.True(commands.Count > 25);
        Assert.Empty(bare);
    }

    [Fact]
    public void IDs_are_those_of_the_messages_on_the_first_page()
    {
        Run("$null = 'web-1', 'db-2', 'web-3' | Push-ConsulMqItem jobs -Tag a; $null = Pop-ConsulMqItem jobs -Lease; $null = Push-ConsulMqItem -InputObject x");
        var ready = Run("Get-ConsulMqIndex jobs | ForEach-Object { \"$($_.Id)\" }");
        var held = Run("Find-ConsulMqItem jobs -State InFlight | ForEach-Object { \"$($_.Id)\"; $_.ReceiptHandle }");

        Assert.Equal(ready, Complete("Pop-ConsulMqItem jobs -Id "));
        Assert.Equal(ready, Complete("Remove-ConsulMqItem jobs "));
        Assert.Equal([ready[1]], Complete("Get-ConsulMqItem jobs -Id web"));
        Assert.Equal(ready, Complete("Move-ConsulMqItem jobs other -Id "));
        Assert.Equal([held[0]], Complete("Complete-ConsulMqItem jobs -Id "));
        Assert.Equal([held[0]], Complete("Find-ConsulMqItem jobs -State InFlight -Id "));
        Assert.Equal(held[1], ((string)Assert.Single(Complete($"Undo-ConsulMqItem jobs {held[0]} "))).Trim('\''));
        Assert.Single(Complete("Pop-ConsulMqItem -Id "));
        Assert.Contains("[a] db-2", (string)Run("(TabExpansion2 'Pop-ConsulMqItem jobs -Id ' 26).CompletionMatches[0].ListItemText")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_are_those_in_the_queue_the_most_frequent_first()
    {
        Run("$null = 1..3 | Push-ConsulMqItem jobs -Tag often; $null = Push-ConsulMqItem jobs x -Tag 'two words'");

        Assert.Equal(["often", "'two words'"], Complete("Find-ConsulMqItem jobs -Tag "));
        Assert.Equal(["'two words'"], Complete("Push-ConsulMqItem jobs x -Tag often, t"));
        Run("$null = Push-ConsulMqItem jobs2 x -Tag other; $null = Push-ConsulMqItem mail x -Tag mail");
        Assert.Equal(["often", "other", "'two words'"], Complete("Find-ConsulMqItem jobs* -Tag "));
        Assert.Equal(["mail"], Complete("Find-ConsulMqItem ja*, mail -Tag "));
    }

    [Fact]
    public void Connections_are_those_in_variables_and_the_current_one()
    {
        Run("$global:main = Connect-ConsulMq -InMemory; $global:text = 'no connection'");

        Assert.Equal(["$main", "(Get-ConsulMqConnection)"], Complete("Get-ConsulMqQueue -Connection "));
    }

    [Theory]
    [InlineData("Pop-ConsulMqItem jobs -Timeout 3", "30s")]
    [InlineData("Pop-ConsulMqItem jobs -LeaseDuration 10", "10m")]
    [InlineData("Push-ConsulMqItem jobs x -Delay 7", "7d")]
    [InlineData("New-ConsulMqQueue q -MaxBodySize 64", "64MB")]
    [InlineData("Push-ConsulMqItem jobs x -ContentType application/j", "application/json")]
    [InlineData("Connect-ConsulMq 127", "127.0.0.1:8500")]
    [InlineData("Connect-ConsulMq -Prefix c", "consulmq")]
    [InlineData("Export-ConsulMqQueue jobs x -State D", "")]
    [InlineData("Export-ConsulMqQueue jobs x -State R", "Ready")]
    [InlineData("Push-ConsulMqItem jobs x -As C", "CliXml")]
    public void Usual_values_are_offered(string line, string completed) =>
        Assert.Equal(completed.Length == 0 ? [] : [completed], Complete(line).Where(static text => text is not string file || !file.StartsWith('.')));

    [Fact]
    public void Only_a_queue_with_a_check_is_offered_to_end_it()
    {
        Run("$null = foreach ($q in 'a1', 'a2') { Push-ConsulMqItem $q x }; $null = Register-ConsulMqQueueCheck a2 -WarningDepth 5");

        Assert.Equal(["a2"], Complete("Unregister-ConsulMqQueueCheck a"));
    }

    [Fact]
    public async Task Without_a_Consul_nothing_is_offered_at_once_and_nothing_is_connected()
    {
        // In a process of its own: the environment is everybody's. The first key press in a session also compiles what completes.
        using var process = ScriptHostProcess.Start(
            """
            Import-Module ConsulMq
            $env:CONSUL_HTTP_ADDR = '127.0.0.1:1'
            $null = TabExpansion2 'Pop-ConsulMqItem ' 17
            foreach ($line in 'Pop-ConsulMqItem ', 'Pop-ConsulMqItem jobs -Id ', 'Find-ConsulMqItem jobs -Tag ', 'Unregister-ConsulMqQueueCheck ') {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                $offered = @((TabExpansion2 $line $line.Length).CompletionMatches).Count
                [Console]::WriteLine("$offered $($watch.ElapsedMilliseconds -lt 2000) $($watch.ElapsedMilliseconds) ms")
            }
            [Console]::WriteLine("$($Error.Count) errors, connected: $($null -ne (Get-ConsulMqConnection))")
            """);

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(5, lines.Length);
        Assert.All(lines[..4], static line => Assert.StartsWith("0 True", line, StringComparison.Ordinal));
        Assert.Equal("0 errors, connected: False", lines[4]);
    }

    [Fact]
    public void Text_that_a_message_brings_does_not_reach_the_terminal_as_it_is()
    {
        Run("$null = Push-ConsulMqItem jobs \"a`e[31mb\" -Tag \"t`e[2J\"");

        Assert.DoesNotContain((string)Run("(TabExpansion2 'Pop-ConsulMqItem jobs -Id ' 26).CompletionMatches | ForEach-Object { $_.ListItemText + $_.ToolTip }")[0], char.IsControl);
    }

    private static bool Completes(ParameterMetadata parameter)
    {
        var type = parameter.ParameterType;
        type = Nullable.GetUnderlyingType(type.IsArray ? type.GetElementType()! : type) ?? (type.IsArray ? type.GetElementType()! : type);
        return parameter.Attributes.Any(static one => one is ArgumentCompleterAttribute or ValidateSetAttribute)
            || type == typeof(SwitchParameter) || type.IsEnum || (type.IsPrimitive && type != typeof(bool));
    }

    private object[] Complete(string line) => CompleteIn(Session, line);

    private static object[] CompleteIn(ModuleRunspace session, string line) =>
        [.. session.Run("param($line) (TabExpansion2 $line $line.Length).CompletionMatches | ForEach-Object CompletionText", new Hashtable { ["line"] = line }).Values];
}
