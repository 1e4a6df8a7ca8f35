using System.Globalization;
using System.Text.Json;
using ConsulMq.Bench;
using ConsulMq.TestSupport;

switch (args)
{
    case ["child-stream", var address, var manifestPath]:
        EngineMeasures.Stream(address, manifestPath);
        return 0;
    case ["child-import", var manifestPath]:
        EngineMeasures.Import(manifestPath);
        return 0;
}

var unknown = args.Except(Suite.Names).ToList();
if (unknown.Count > 0)
{
    Console.Error.WriteLine($"There is no measure '{unknown[0]}'. There are: {string.Join(", ", Suite.Names)}.");
    return 2;
}

var root = Repository.Root;
var suite = new Suite(Path.Combine(root, "out", "ConsulMq", "ConsulMq.psd1"), StartAsync);
var results = new List<Result>();
Console.WriteLine($"{"name",-14} {"consul",-7} {"value",12} {"baseline",12} {"ratio",8} {"wanted",9}");
await foreach (var result in suite.RunAsync(args.Length == 0 ? Suite.Names : args))
{
    results.Add(result);
    var bound = result.Target is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{(result.AtMost ? "<=" : ">=")} {result.Target:0.##}");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{result.Name,-14} {result.Consul,-7} {result.Value,8:N1} {result.Unit,-3} {result.Baseline,12:N1} {result.Ratio,8:0.00} {bound,9} {(result.Reached == false ? "missed" : "")}").TrimEnd());
}

var file = Path.Combine(root, "out", "bench", "results.json");
Directory.CreateDirectory(Path.GetDirectoryName(file)!);
await File.WriteAllTextAsync(file, JsonSerializer.Serialize(results, new JsonSerializerOptions { WriteIndented = true }) + "\n");
Console.WriteLine($"{results.Count} results in {Path.GetRelativePath(root, file)}");
return 0;

static async Task<(string Address, IAsyncDisposable Server)> StartAsync(bool disk)
{
    var server = await ConsulServer.StartAsync(new ConsulServerOptions { OnDisk = disk });
    return (server.Address, server);
}
