namespace ConsulMq.HelpBuilder;

/// <summary>A parameter in a parameter set, as Get-Command knows it.</summary>
/// <param name="Name">Without the dash.</param>
/// <param name="Type">As the syntax shows it.</param>
/// <param name="IsSwitch">Whether it takes no value.</param>
/// <param name="Values">The values of an enumeration or a validated set; empty: any.</param>
/// <param name="Aliases">Other names.</param>
/// <param name="IsMandatory">Whether it has to be given.</param>
/// <param name="Position">From 0; null: by name only.</param>
/// <param name="Pipeline">What the pipeline gives it, in the words of Get-Help.</param>
/// <param name="TakesWildcards">Whether its value may be a pattern.</param>
/// <param name="TakesRest">Whether it is a list.</param>
/// <param name="IsCommon">Whether it means the same in every cmdlet: <c>-WhatIf</c> and <c>-Confirm</c>.</param>
internal sealed record ParameterShape(
    string Name,
    string Type,
    bool IsSwitch,
    IReadOnlyList<string> Values,
    IReadOnlyList<string> Aliases,
    bool IsMandatory,
    int? Position,
    string Pipeline,
    bool TakesWildcards,
    bool TakesRest,
    bool IsCommon);
