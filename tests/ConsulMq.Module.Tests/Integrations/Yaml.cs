using ConsulMq.TestSupport;
using YamlDotNet.RepresentationModel;

namespace ConsulMq.Module.Tests.Integrations;

/// <summary>Reads the YAML files of the repository.</summary>
internal static class Yaml
{
    /// <summary>The root of a file, named from the root of the repository.</summary>
    public static YamlMappingNode Load(string path)
    {
        using var reader = new StreamReader(Path.Combine(Repository.Root, path));
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    /// <summary>The files of a folder and of those below it, named from the root of the repository.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.yml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal);

    /// <summary>What stands under a key; null: nothing does.</summary>
    public static YamlNode? Find(this YamlNode node, string key) => node is YamlMappingNode map && map.Children.TryGetValue(key, out var value) ? value : null;

    public static YamlMappingNode Map(this YamlNode node, string key) => (YamlMappingNode)node.Find(key)!;

    public static IEnumerable<YamlNode> List(this YamlNode node, string key) => node.Find(key) is YamlSequenceNode list ? list.Children : [];

    /// <summary>The text under a key; null: there is none.</summary>
    public static string? Text(this YamlNode node, string key) => (node.Find(key) as YamlScalarNode)?.Value;

    /// <summary>Keys and texts, in their order; none where there is no such node.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Texts(this YamlNode? node) =>
        node is YamlMappingNode map ? map.Select(static pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, (pair.Value as YamlScalarNode)?.Value ?? "")) : [];

    /// <summary>Every text that stands under one of these keys, however deep.</summary>
    public static IEnumerable<string> Under(this YamlNode node, params IReadOnlyCollection<string> keys) => node switch
    {
        YamlMappingNode map => map.SelectMany(pair => pair.Value is YamlScalarNode text && keys.Contains(((YamlScalarNode)pair.Key).Value) ? [text.Value!] : pair.Value.Under(keys)),
        YamlSequenceNode list => list.SelectMany(item => item.Under(keys)),
        _ => [],
    };
}
