using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ConsulMq.Bodies;

/// <summary>
/// What became of this module's objects in a file of <c>Export-Clixml</c>, a job or a remote session: bags of their properties. What PowerShell does not know by
/// itself, such as moments with a time zone, is a bag too, or its text.
/// </summary>
internal static class Deserialized
{
    /// <summary>Whether an object was of this type before.</summary>
    public static bool Is<T>(object? item) => item is PSObject bag && bag.TypeNames.Contains("Deserialized." + typeof(T).FullName);

    /// <summary>A property as it is, without its wrapper; null: there is none.</summary>
    public static object? Property(object? item, string name) => Plain((item as PSObject)?.Properties[name]?.Value);

    /// <summary>The moment that a value is, whatever it went through; null: none.</summary>
    public static DateTimeOffset? Time(object? value) => Plain(value) switch
    {
        DateTimeOffset time => time,
        DateTime time => time,
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => Property(value, nameof(DateTimeOffset.UtcDateTime)) is DateTime time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : null,
    };

    /// <summary>The words that a value holds.</summary>
    public static IEnumerable<string> Words(object? value) => Plain(value) switch
    {
        null => [],
        string word => [word],
        IEnumerable<string> words => words,
        IEnumerable items => items.Cast<object?>().Select(Text),
        { } other => [Text(other)],
    };

    /// <summary>The pairs that a value holds.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(object? value) => Plain(value) switch
    {
        IEnumerable<KeyValuePair<string, string>> pairs => pairs,
        IDictionary dictionary => dictionary.Cast<DictionaryEntry>().Select(static entry => new KeyValuePair<string, string>(Text(entry.Key), Text(entry.Value))),
        _ => [],
    };

    private static object? Plain(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    private static string Text(object? value) => LanguagePrimitives.ConvertTo<string>(value) ?? "";
}
