using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConsulMq.Module.Tests.Access;

/// <summary>What came of a scenario: nothing wrong, or a permission that an error or a warning names.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="ErrorId">The error; null: there is none.</param>
/// <param name="Text">What the error or the warning says; null: neither came.</param>
internal sealed partial record Outcome(string Scenario, string? ErrorId, string? Text)
{
    /// <summary>The permission that is named, such as <c>key:write</c>; null: none.</summary>
    public string? Access => Text is not null && Named().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>On what; empty: on the agent's node.</summary>
    public string Resource => Named().Match(Text ?? "").Groups[2].Value;

    /// <summary>The rule that the text offers.</summary>
    public PolicyRule Rule => Assert.Single(PolicyText.Parse(Offered().Match(Text ?? "").Value).Rules);

    public override string ToString() => $"{Scenario}: {ErrorId} {Text}";

    [GeneratedRegex("lacks ([a-z]+:[a-z]+) on (?:'([^']*)'|the )")]
    private static partial Regex Named();

    [GeneratedRegex("""[a-z_]+ "[^"]*" \{ policy = "[a-z]+" \}""")]
    private static partial Regex Offered();
}

/// <summary>Somebody with a token, in a session of his own.</summary>
internal sealed class Actor : IDisposable
{
    private const string Prelude =
        """
        param($q, $folder, $given)
        $ErrorActionPreference = 'Stop'
        function Is($expected, $actual) { if ("$expected" -ne "$actual") { throw "Expected '$expected', and it was '$actual'." } }

        """;

    private readonly ModuleRunspace _session = new();
    private readonly string _folder;

    public Actor(LockedConsul consul, string token, string folder)
    {
        _folder = folder;
        var server = consul.Parameters;
        server["Token"] = token;
        _session.Run("param($server) $global:server = $server", new Dictionary<string, object> { ["server"] = server });
    }

    public Outcome Connect() => Try("Connect-ConsulMq", "$null = Connect-ConsulMq @server", "", null);

    /// <summary>Does something that is not to fail, for others.</summary>
    public object[] Do(string script, string queue) => [.. _session.Run(Prelude + script, Parameters(queue, null)).Output];

    public Outcome Try(Scenario scenario, string queue, object[] given) => Try(scenario.Cmdlet, scenario.Script, queue, given);

    public void Dispose() => _session.Dispose();

    private Outcome Try(string name, string script, string queue, object[]? given)
    {
        try
        {
            var result = _session.Run(Prelude + script, Parameters(queue, given));
            return result.Errors is [var error, ..] ? new Outcome(name, error.FullyQualifiedErrorId, Whole(error)) : new Outcome(name, null, result.Warnings is [var warning, ..] ? warning : null);
        }
        catch (RuntimeException e)
        {
            return new Outcome(name, e.ErrorRecord.FullyQualifiedErrorId, Whole(e.ErrorRecord));
        }
    }

    /// <summary>What it says, and what to do.</summary>
    private static string Whole(ErrorRecord error) => $"{error} {error.ErrorDetails?.RecommendedAction}";

    private Dictionary<string, object?> Parameters(string queue, object[]? given) => new() { ["q"] = queue, ["folder"] = _folder, ["given"] = given };
}
