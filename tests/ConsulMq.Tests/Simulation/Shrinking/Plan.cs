using System.Globalization;

namespace ConsulMq.Tests.Simulation.Shrinking;

/// <summary>
/// What is played: the schedule of a seed, or what is left of it. As text, which plays the same again: the seed, then words: <c>order=3</c> another order
/// of its steps, <c>consume2=4</c> of that actor at most so many operations, <c>-consume2</c> that actor not at all, <c>-Late</c> that kind of fault not,
/// <c>-c1#17</c> the fault of that request not, and so on. Immutable.
/// </summary>
/// <param name="Seed">The seed: all that is not said here follows from it.</param>
internal sealed record Plan(int Seed)
{
    private const string OrderWord = "order";

    /// <summary>Which of the orders in which the steps can come; 0: the seed's own.</summary>
    public int Order { get; init; }

    /// <summary>What is left out.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>How many operations an actor has at most, where it is less than it had.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Most { get; init; } = [];

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Plan Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var plan = new Plan(Number(words[0]));
        foreach (var word in words.Skip(1))
        {
            if (word.StartsWith('-'))
                plan = plan.Leave(word.Substring(1));
            else if (word.Split('=') is [OrderWord, var order])
                plan = plan with { Order = Number(order) };
            else if (word.Split('=') is [var actor, var most])
                plan = plan.Cut(actor, Number(most));
            else
                throw new FormatException($"'{word}' is no part of a plan.");
        }

        return plan;

        static int Number(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    public bool Has(string part) => !Without.Contains(part);

    public int MostOf(string actor) => Most.FirstOrDefault(m => m.Key == actor) is { Key: not null } most ? most.Value : int.MaxValue;

    /// <summary>The same without a part, or some.</summary>
    public Plan Leave(params IEnumerable<string> parts) => this with { Without = [.. Without.Union(parts)] };

    /// <summary>The same with at most so many operations of an actor.</summary>
    public Plan Cut(string actor, int most) => this with { Most = [.. Most.Where(m => m.Key != actor), new(actor, most)] };

    public override string ToString() => string.Join(' ',
        [Seed.ToString(CultureInfo.InvariantCulture), .. Order == 0 ? Array.Empty<string>() : [Invariant($"{OrderWord}={Order}")],
        .. Most.Where(m => Has(m.Key)).Select(static m => Invariant($"{m.Key}={m.Value}")), .. Without.Select(static w => "-" + w)]);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
