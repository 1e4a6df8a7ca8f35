using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Search;

/// <summary>What messages are looked for. All that is set has to be so. To set a pattern that is none is an <see cref="InvalidPatternException"/>.</summary>
internal sealed class ItemFilter
{
    private readonly WildcardPattern[] _tags = [];
    private readonly (string Name, WildcardPattern Value)[] _headers = [];
    private readonly WildcardPattern? _contentType;

    /// <summary>What the body is like; looked at last, by the caller.</summary>
    public BodyPattern? Body { get; init; }

    public string[]? Tags
    {
        init => _tags = [.. (value ?? []).Select(static tag => InvalidPatternException.Wildcard("Tag", tag))];
    }

    public IDictionary? Headers
    {
        init => _headers = value is null ? [] : [.. value.Cast<DictionaryEntry>().Select(static header =>
            (LanguagePrimitives.ConvertTo<string>(header.Key), InvalidPatternException.Wildcard("Header", LanguagePrimitives.ConvertTo<string>(header.Value) ?? "")))];
    }

    public string? ContentType
    {
        init => _contentType = value is null ? null : InvalidPatternException.Wildcard("ContentType", value);
    }

    /// <summary>Pushed before that.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Pushed then or after that.</summary>
    public DateTimeOffset? After { get; init; }

    public HashSet<Guid>? Ids { get; init; }

    /// <summary>Whether all is so but for the body, which need not have been read.</summary>
    public bool MayMatch(QueueObject item) =>
        Ids?.Contains(item.Id) != false
        && (Before is null || item.CreatedAt < Before)
        && (After is null || item.CreatedAt >= After)
        && HasContentType(item.ContentType)
        && Array.TrueForAll(_tags, tag => item.Tags.Any(tag.IsMatch))
        && Array.TrueForAll(_headers, header => item.Headers.TryGetValue(header.Name, out var value) && header.Value.IsMatch(value));

    /// <summary>A type without parameters is meant with any.</summary>
    private bool HasContentType(string type) => _contentType is null || _contentType.IsMatch(type) || _contentType.IsMatch(type.Split(';')[0].TrimEnd());
}
