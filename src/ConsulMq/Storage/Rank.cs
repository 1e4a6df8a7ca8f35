using System.Globalization;
using System.Text;

namespace ConsulMq.Storage;

/// <summary>
/// The place of a message in the order of its queue: a list of integers, compared element by element, the shorter list first on a tie. A message that
/// was pushed at the end has the natural rank <c>[CreateIndex, ordinal, offset]</c>. Immutable.
/// </summary>
internal sealed class Rank : IComparable<Rank>, IEquatable<Rank>
{
    /// <summary>More elements than any operation makes; a longer one in a key or a line is damage.</summary>
    public const int MaxLength = 64;

    private readonly long[] _elements;

    public Rank(params long[] elements) => _elements = elements.Length is > 0 and <= MaxLength
        ? elements
        : throw new ArgumentException($"A rank has 1 to {MaxLength} elements.", nameof(elements));

    public IReadOnlyList<long> Elements => _elements;

    /// <summary>The rank of a message that was pushed at the end.</summary>
    public static Rank Natural(ulong createIndex, int ordinal, int offset) => new((long)createIndex, ordinal, offset);

    /// <summary>
    /// The rank as part of a key, such that byte order is rank order: 16 hex digits an element with the sign bit turned over, joined by <c>_</c>,
    /// which sorts behind the <c>/</c> that ends the rank, so that the shorter list comes first.
    /// </summary>
    public string ToKey()
    {
        var text = new StringBuilder(_elements.Length * 17);
        foreach (var element in _elements)
        {
            if (text.Length > 0)
                text.Append('_');
            text.Append((element ^ long.MinValue).ToString("x16", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToKey"/> wrote.</summary>
    public static bool TryParseKey(string text, out Rank? rank)
    {
        rank = null;
        if ((text.Length + 1) % 17 != 0 || (text.Length + 1) / 17 is < 1 or > MaxLength)
            return false;
        var elements = new long[(text.Length + 1) / 17];
        for (var i = 0; i < elements.Length; i++)
        {
            if ((i > 0 && text[(i * 17) - 1] != '_')
                || !long.TryParse(text.Substring(i * 17, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var element))
            {
                return false;
            }

            elements[i] = element ^ long.MinValue;
        }

        rank = new Rank(elements);
        return true;
    }

    public int CompareTo(Rank? other)
    {
        if (other is null)
            return 1;
        var common = Math.Min(_elements.Length, other._elements.Length);
        for (var i = 0; i < common; i++)
        {
            var order = _elements[i].CompareTo(other._elements[i]);
            if (order != 0)
                return order;
        }

        return _elements.Length.CompareTo(other._elements.Length);
    }

    public bool Equals(Rank? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as Rank);

    public override int GetHashCode()
    {
        var hash = _elements.Length;
        foreach (var element in _elements)
            hash = unchecked((hash * 31) + element.GetHashCode());
        return hash;
    }

    public override string ToString() => $"[{string.Join(", ", _elements)}]";
}
