using System.Management.Automation;

namespace ConsulMq.Module.Tests.Coverage;

/// <summary>A parameter as far as the way it is written goes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Names">Its name and its aliases.</param>
/// <param name="IsSwitch">Whether it stands without a value.</param>
/// <param name="Positions">The positions that it has, in any parameter set.</param>
/// <param name="IsPiped">Whether it takes whole objects from the pipeline.</param>
internal sealed record Parameter(string Name, IReadOnlyList<string> Names, bool IsSwitch, IReadOnlySet<int> Positions, bool IsPiped);

/// <summary>What the module exports: its cmdlets, and their parameters without the common ones.</summary>
internal sealed class Cmdlets
{
    private readonly Dictionary<string, IReadOnlyList<Parameter>> _cmdlets = new(StringComparer.OrdinalIgnoreCase);

    private Cmdlets()
    {
        using var session = new ModuleRunspace();
        HashSet<string> common = [.. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters];
        foreach (var info in session.Run("Get-Command -Module ConsulMq").Values.Cast<CmdletInfo>())
            _cmdlets[info.Name] = [.. info.Parameters.Values.Where(p => !common.Contains(p.Name)).Select(Of)];
    }

    /// <summary>Those of the module under test.</summary>
    public static Cmdlets All { get; } = new();

    /// <summary>Their names, in order.</summary>
    public IEnumerable<string> Names => _cmdlets.Keys.Order(StringComparer.Ordinal);

    /// <summary>Each parameter of each cmdlet, as <c>Cmdlet -Parameter</c>, in order.</summary>
    public IEnumerable<string> Parameters => Names.SelectMany(name => _cmdlets[name].Select(p => Key(name, p)).Order(StringComparer.Ordinal));

    /// <summary>The parameters of a cmdlet; null: the module has none of that name.</summary>
    public IReadOnlyList<Parameter>? Find(string? name) => name is not null && _cmdlets.TryGetValue(name, out var found) ? found : null;

    /// <summary>How a parameter is named in lists.</summary>
    public static string Key(string cmdlet, Parameter parameter) => $"{cmdlet} -{parameter.Name}";

    private static Parameter Of(ParameterMetadata parameter) => new(
        parameter.Name,
        [parameter.Name, .. parameter.Aliases],
        parameter.SwitchParameter,
        parameter.ParameterSets.Values.Where(static set => set.Position >= 0).Select(static set => set.Position).ToHashSet(),
        parameter.ParameterSets.Values.Any(static set => set.ValueFromPipeline));
}
