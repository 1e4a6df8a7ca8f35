namespace ConsulMq.Tests.Consul.Conformance;

/// <summary>
/// Two histories whose indexes are not the same numbers but must stand in the same relations: equal where the others are equal, below where the others are below.
/// </summary>
public sealed class IndexMatch
{
    private readonly SortedDictionary<ulong, ulong> _pairs = [];

    /// <summary>Says that one index here is the other one there, and fails if that contradicts what was said before.</summary>
    public void Match(ulong here, ulong there)
    {
        if (here == 0 || there == 0)
        {
            Assert.Equal(here, there);
            return;
        }
        if (_pairs.TryGetValue(here, out var known))
        {
            Assert.True(known == there, $"{here} here is {known} there, and now also {there}");
            return;
        }
        foreach (var pair in _pairs)
            Assert.True(
                pair.Key < here == pair.Value < there && pair.Value != there,
                $"{here} here is {there} there, but {pair.Key} here is {pair.Value} there");
        _pairs.Add(here, there);
    }
}
