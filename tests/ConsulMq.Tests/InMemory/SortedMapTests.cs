using System.Text;
using ConsulMq.InMemory;

namespace ConsulMq.Tests.InMemory;

public class SortedMapTests
{
    private static readonly string[] Pieces = ["", "a", "b", "/", "a/", "é", "\uFFEE", "\U0001F600", "\uE000", "\uD7FF", "~", "Z", "0"];

    [Fact]
    public void Keys_compare_as_their_UTF8_does()
    {
        foreach (var (x, y) in from a in Pieces from b in Pieces from c in Pieces from d in Pieces select (a + b, c + d))
            Assert.Equal(
                Math.Sign(Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y))),
                Math.Sign(KeyOrder.Instance.Compare(x, y)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Holds_what_was_set_and_not_removed_in_order(int seed)
    {
        var random = new Random(seed);
        var map = new SortedMap<int>();
        var expected = new Dictionary<string, int>();
        for (var i = 0; i < 20_000; i++)
        {
            var key = Pieces[random.Next(Pieces.Length)] + random.Next(4000);
            if (random.Next(5) < (i < 10_000 ? 1 : 3))
                Assert.Equal(expected.Remove(key), map.Remove(key));
            else
                map.Set(key, expected[key] = i);
        }

        Assert.Equal(expected.Count, map.Count);
        foreach (var prefix in Pieces.Append("a1").Append("none"))
            Assert.Equal(
                expected.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(item => item.Key, KeyOrder.Instance),
                map.StartingWith(prefix));
        foreach (var item in expected)
            Assert.True(map.TryGetValue(item.Key, out var value) && value == item.Value);
        Assert.False(map.TryGetValue("none", out _));
    }

    [Fact]
    public void Takes_keys_in_rising_order_and_gives_them_up_from_the_front()
    {
        var map = new SortedMap<int>();
        for (var i = 0; i < 5000; i++)
            map.Set(i.ToString("x8"), i);
        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal(i, map.StartingWith("").First().Value);
            Assert.True(map.Remove(i.ToString("x8")));
        }
        Assert.Equal(0, map.Count);
        Assert.Empty(map.StartingWith(""));
    }
}
