using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ConsulMq.Parameters;

/// <summary>What a user gave as an argument.</summary>
internal static class Given
{
    /// <summary>The value without its wrapper; the one value of an array of one.</summary>
    public static object? Value(object? given)
    {
        var value = given is PSObject wrapped ? wrapped.BaseObject : given;
        return value is not IList { Count: 1 } list ? value : list[0] is PSObject element ? element.BaseObject : list[0];
    }

    /// <summary>The value as an error names it, at the beginning of a sentence: <c>$null</c>, <c>'abc'</c>, <c>An array of 3 values</c>, <c>A Hashtable</c>.</summary>
    /// <param name="value">The value, without a wrapper.</param>
    public static string Name(object? value) => value switch
    {
        null => "$null",
        string or IFormattable or bool or char => $"'{Format.OneLine(Convert.ToString(value, CultureInfo.InvariantCulture), 60)}'",
        Array array => $"An array of {array.Length} values",
        _ => $"A {value.GetType().Name}",
    };
}
