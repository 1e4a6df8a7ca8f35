using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConsulMq.Internal;

namespace ConsulMq.Bodies;

/// <summary>
/// Writes PowerShell objects as JSON. Unlike <c>ConvertTo-Json</c> it never drops data silently: what is nested too deep, or holds itself, is an
/// error that names the place. For one thread.
/// </summary>
internal sealed class JsonBodyWriter : IDisposable
{
    /// <summary>Far above what a queue takes: ends the walk through an object that has no end.</summary>
    private const int SafetyLimit = 64 * 1024 * 1024;

    private readonly PooledBuffer _buffer = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly JsonPath _path;

    public JsonBodyWriter(int depth)
    {
        _path = new JsonPath(depth);
        // Not for a browser: a person reads it in Consul's UI, so letters stay letters.
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.InvalidBody"/></exception>
    public MessageBody Write(object value)
    {
        _buffer.Truncate(0);
        _json.Reset(_buffer);
        _path.Reset();
        WriteValue(value);
        _json.Flush();
        return MessageBody.FromValidJson(_buffer.WrittenSpan.ToArray());
    }

    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }

    private void WriteValue(object? value)
    {
        var wrapper = value as PSObject;
        var plain = wrapper is null ? value : wrapper.BaseObject;
        if (plain is null || value == AutomationNull.Value)
            _json.WriteNullValue();
        else if (plain is string text)
            JsonText.Write(_json, text);
        else if (!JsonScalar.TryWrite(_json, plain, _path))
            WriteContainer(plain, wrapper);
    }

    private void WriteContainer(object plain, PSObject? wrapper)
    {
        if (plain is JsonElement element)
        {
            element.WriteTo(_json);
            return;
        }

        _path.Enter(plain is PSCustomObject ? wrapper! : plain);
        switch (plain)
        {
            case IDictionary dictionary:
                _json.WriteStartObject();
                foreach (DictionaryEntry entry in dictionary)
                    WriteProperty(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "", entry.Value);
                _json.WriteEndObject();
                break;
            case IDictionary<string, object?> dictionary:
                _json.WriteStartObject();
                foreach (var entry in dictionary)
                    WriteProperty(entry.Key, entry.Value);
                _json.WriteEndObject();
                break;
            case IEnumerable items:
                WriteArray(items);
                break;
            default:
                WriteProperties(wrapper ?? PSObject.AsPSObject(plain));
                break;
        }

        _path.Leave();
    }

    private void WriteArray(IEnumerable items)
    {
        _json.WriteStartArray();
        var index = 0;
        foreach (var item in items)
        {
            _path.At(index++);
            WriteValue(item);
            StopIfEndless();
        }

        _json.WriteEndArray();
    }

    private void WriteProperties(PSObject item)
    {
        _json.WriteStartObject();
        foreach (var property in item.Properties)
        {
            if (property.IsGettable)
                WriteProperty(property.Name, Value(property));
        }

        _json.WriteEndObject();
    }

    /// <summary>A property that throws has no value, as everywhere in PowerShell: a running process has no exit code.</summary>
    private static object? Value(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    private void WriteProperty(string name, object? value)
    {
        _path.At(name);
        if (!MessageBody.IsWellFormed(name))
            throw _path.Error("has a name that is not Unicode (half a surrogate pair)");
        _json.WritePropertyName(name);
        WriteValue(value);
        StopIfEndless();
    }

    private void StopIfEndless()
    {
        if (_json.BytesCommitted + _json.BytesPending > SafetyLimit)
            throw new ConsulMqException(ConsulMqError.MessageTooLarge, $"The item becomes more than {SafetyLimit >> 20} MiB of JSON.")
            {
                RecommendedAction = "Push the properties that matter (Select-Object).",
            };
    }
}
