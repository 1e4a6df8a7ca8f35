using System.Globalization;

namespace ConsulMq.TestSupport.Histories;

/// <summary>What an operation is there for.</summary>
public enum HistoryVerb
{
    /// <summary>Pushes messages.</summary>
    Push,

    /// <summary>Takes messages for good.</summary>
    Pop,

    /// <summary>Takes messages on a lease: each comes back unless it is completed.</summary>
    Lease,

    /// <summary>Completes leased messages.</summary>
    Complete,

    /// <summary>Removes all that is ready.</summary>
    Clear,
}

/// <summary>What an event says of its operation.</summary>
public enum HistoryPhase
{
    /// <summary>The operation begins.</summary>
    Call,

    /// <summary>It was done to these messages, and its caller was told so.</summary>
    Ok,

    /// <summary>It certainly was not done to these messages.</summary>
    Fail,

    /// <summary>Nothing more will be said of it. Of what it was called for and nothing was said of, nobody knows whether it was done.</summary>
    End,
}

/// <summary>
/// One event of an operation of a process, as a line of text: <c>TICKS PROCESS OPERATION PHASE [VERB [COUNT]] [MESSAGE ...]</c>. VERB comes with
/// <c>call</c>, and COUNT with the call of a pop or lease: the most messages that it may take. A push and a completion name in their call all messages
/// that they are called for. A pop that returns nothing says <c>ok</c> without messages: the queue was empty. A process that was killed has not
/// written its last events; that is how operations of unknown outcome look.
/// </summary>
/// <param name="At">When, in ticks of <see cref="System.Diagnostics.Stopwatch"/>: on one machine, all processes have the same.</param>
/// <param name="Process">Who. No white space.</param>
/// <param name="Operation">Its number; a process has many operations, one after the other or side by side.</param>
/// <param name="Phase">What of it.</param>
/// <param name="Verb">With <see cref="HistoryPhase.Call"/>: what is begun.</param>
/// <param name="Most">With the call of a pop or lease: how many messages it may take.</param>
/// <param name="Messages">The messages, each of which has a name of its own in a history. No white space in them.</param>
public sealed record HistoryEvent(long At, string Process, int Operation, HistoryPhase Phase, HistoryVerb? Verb, int Most, IReadOnlyList<string> Messages)
{
    /// <summary>Reads a line. The last line of a process that was killed may be cut.</summary>
    /// <exception cref="FormatException">It is no event.</exception>
    public static HistoryEvent Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 4 || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var operation)
            || !Enum.TryParse<HistoryPhase>(words[3], ignoreCase: true, out var phase))
        {
            throw new FormatException($"'{line}' is no event of a history.");
        }

        if (phase != HistoryPhase.Call)
            return new HistoryEvent(at, words[1], operation, phase, null, 0, words[4..]);
        if (words.Length < 5 || !Enum.TryParse<HistoryVerb>(words[4], ignoreCase: true, out var verb))
            throw new FormatException($"'{line}' does not say what is called.");
        if (verb is not (HistoryVerb.Pop or HistoryVerb.Lease))
            return new HistoryEvent(at, words[1], operation, phase, verb, 0, words[5..]);
        return words.Length == 6 && int.TryParse(words[5], NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? new HistoryEvent(at, words[1], operation, phase, verb, most, [])
            : throw new FormatException($"'{line}' does not say how many messages it may take.");
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var words = new List<string> { At.ToString(CultureInfo.InvariantCulture), Process, Operation.ToString(CultureInfo.InvariantCulture), Phase.ToString().ToLowerInvariant() };
        if (Verb is { } verb)
            words.Add(verb.ToString().ToLowerInvariant());
        if (Verb is HistoryVerb.Pop or HistoryVerb.Lease)
            words.Add(Most.ToString(CultureInfo.InvariantCulture));
        return string.Join(' ', [.. words, .. Messages]);
    }
}
