using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests;

/// <summary>
/// Writes out whatever can be read off an object: its properties and theirs, some levels deep, exceptions with everything in them, and what it says of itself.
/// More than any format view shows.
/// </summary>
internal sealed class Dump
{
    private const int Deepest = 4;
    private const int MostItems = 20;

    private readonly StringBuilder _text = new();
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    private Dump()
    {
    }

    /// <summary>Of an object, to four levels.</summary>
    public static string Of(object? value)
    {
        var dump = new Dump();
        dump.Write("", value, 0);
        return dump._text.ToString();
    }

    private void Write(string name, object? value, int depth)
    {
        if (_text.Length > TestOutput.MostOfOne)
            return;
        var wrapped = value as PSObject;
        value = wrapped is { BaseObject: not PSCustomObject } ? wrapped.BaseObject : value;
        _text.Append(' ', depth * 2).Append(name).Append(" = ");
        switch (value)
        {
            case null:
                _text.AppendLine("null");
                return;
            case string or ValueType:
                _text.AppendLine(Convert.ToString(value, CultureInfo.InvariantCulture));
                return;
        }

        _text.AppendLine(Attempt(value.ToString));
        if (depth >= Deepest || !_seen.Add(value))
            return;
        if (value is IDictionary pairs)
        {
            foreach (DictionaryEntry pair in pairs)
                Write(pair.Key.ToString()!, pair.Value, depth + 1);
        }
        else if (value is IEnumerable items and not byte[])
        {
            foreach (var item in items.Cast<object?>().Take(MostItems))
                Write("-", item, depth + 1);
        }

        if (wrapped is not null)
        {
            foreach (var property in wrapped.Properties.Where(static p => p.MemberType is PSMemberTypes.NoteProperty))
                Write(property.Name, property.Value, depth + 1);
        }

        if (value is ErrorRecord error)
            WriteError(error, depth);
        else if (value is Exception || value.GetType().FullName!.StartsWith("ConsulMq", StringComparison.Ordinal))
            WriteProperties(value, depth);
    }

    /// <summary>Not where the script is at fault: that shows the line that the test itself has written, with what it has in it.</summary>
    private void WriteError(ErrorRecord error, int depth)
    {
        Write("Id", error.FullyQualifiedErrorId, depth + 1);
        Write("Category", error.CategoryInfo.ToString(), depth + 1);
        Write("Target", error.TargetObject, depth + 1);
        Write("Details", error.ErrorDetails?.ToString(), depth + 1);
        Write("Exception", error.Exception, depth + 1);
    }

    private void WriteProperties(object value, int depth)
    {
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            // Bodies are the test's own, long, and partly read at the first look only.
            if (property.GetIndexParameters().Length > 0 || property.Name is "Body" or "RawBody" or "Content" or "ErrorRecord" or "TargetSite")
                continue;
            object? content;
            try
            {
                content = property.GetValue(value);
            }
            catch (TargetInvocationException e)
            {
                content = e.InnerException?.Message;
            }

            Write(property.Name, content, depth + 1);
        }
    }

    private static string? Attempt(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }
}
