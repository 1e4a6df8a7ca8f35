using System.Text.Json.Serialization;

namespace ConsulMq.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Consul">On which Consul: memory, disk, or none.</param>
/// <param name="Value">The median over the rounds.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Baseline">The median of what it is held against, in the same unit; null: nothing.</param>
/// <param name="Ratio">The median over the rounds of value by baseline; null: there is no baseline.</param>
/// <param name="Target">The ratio, or the value where there is none, to reach.</param>
/// <param name="AtMost">Whether the target is an upper bound.</param>
internal sealed record Result(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("consul")] string Consul,
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("baseline")] double? Baseline,
    [property: JsonPropertyName("ratio")] double? Ratio,
    [property: JsonIgnore] double? Target,
    [property: JsonIgnore] bool AtMost)
{
    public bool? Reached => Target is null ? null : AtMost ? (Ratio ?? Value) <= Target : (Ratio ?? Value) >= Target;
}
