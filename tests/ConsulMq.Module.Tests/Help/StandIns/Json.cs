using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>An object as JSON, two levels deep.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
public sealed class ConvertToJson : StandIn
{
    private const int Deepest = 2;

    private readonly List<PSObject?> _items = [];

    [Parameter(Position = 0, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter]
    public SwitchParameter Compress { get; set; }

    protected override void ProcessRecord() => _items.Add(InputObject);

    protected override void EndProcessing()
    {
        JsonNode? node = _items.Count == 1 ? Node(_items[0], 0) : Node(_items, 0);
        WriteObject(node is null ? "null" : node.ToJsonString(new JsonSerializerOptions { WriteIndented = !Compress }));
    }

    // Some properties are not for PowerShell, such as spans.
    private static object? Read(PSPropertyInfo property)
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

    private static JsonNode? Node(object? value, int depth)
    {
        object? plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null:
                return null;
            case string or char or Guid or Uri:
                return plain.ToString();
            case bool or int or long or double or decimal or DateTime or DateTimeOffset or Enum:
                return JsonValue.Create(JsonSerializer.SerializeToElement(plain));
            case var _ when depth > Deepest:
                return plain.ToString();
            case IDictionary pairs:
                return new JsonObject(pairs.Cast<DictionaryEntry>().Select(pair => KeyValuePair.Create(pair.Key.ToString()!, Node(pair.Value, depth + 1))));
            case IEnumerable items:
                return new JsonArray([.. items.Cast<object?>().Select(item => Node(item, depth + 1))]);
            default:
                return new JsonObject(PSObject.AsPSObject(value!).Properties.Select(p => KeyValuePair.Create(p.Name, Node(Read(p), depth + 1))));
        }
    }
}

/// <summary>Objects of texts of JSON, one each.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJson : StandIn
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string InputObject { get; set; } = "";

    protected override void ProcessRecord() => WriteObject(Object(JsonDocument.Parse(InputObject).RootElement), enumerateCollection: true);

    private static object? Object(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var item = new PSObject();
                foreach (JsonProperty property in element.EnumerateObject())
                    item.Properties.Add(new PSNoteProperty(property.Name, Object(property.Value)));
                return item;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(Object).ToArray();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt64(out long number) ? number : element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }
}
