using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ConsulMq.TestSupport;

/// <summary>
/// Where tests get their Consul from, in this order: the address in <c>CONSULMQ_TEST_ADDR</c>, a binary on PATH or in <c>.tools</c>, a
/// container, <c>tools/get-consul</c>. If none works, the tests fail and say what to do.
/// </summary>
public static partial class ConsulSource
{
    internal const string AddressVariable = "CONSULMQ_TEST_ADDR";

    private static readonly TimeSpan ContainerPatience = TimeSpan.FromMinutes(2);
    private static readonly SemaphoreSlim Fetching = new(1, 1);

    private static string BinaryName => OperatingSystem.IsWindows() ? "consul.exe" : "consul";

    /// <summary>Starts a Consul in memory, or connects to the one that is named.</summary>
    /// <exception cref="ConsulUnavailableException">There is none to be had.</exception>
    public static async Task<IConsulInstance> StartAsync(CancellationToken cancellationToken = default)
    {
        if (Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address)
            return await ConnectAsync(address, cancellationToken);
        if (FindBinary() is not null)
            return await ConsulServer.StartAsync(cancellationToken: cancellationToken);

        Exception container;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ContainerPatience);
            return await ContainerConsul.StartAsync(limit.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            container = e; // Docker is not there, or has no image: the next source is asked
        }

        try
        {
            return await ConsulServer.StartAsync(cancellationToken: cancellationToken);
        }
        catch (ConsulUnavailableException e)
        {
            throw new ConsulUnavailableException($"{e.Message}{Environment.NewLine}Docker was no help either: {container.Message}", e);
        }
    }

    /// <summary>A consul binary, fetched if need be. For tests that need a server of their own, with other settings than the shared one.</summary>
    /// <exception cref="ConsulUnavailableException">There is none to be had.</exception>
    public static async Task<string> GetBinaryAsync(CancellationToken cancellationToken = default)
    {
        await Fetching.WaitAsync(cancellationToken);
        try
        {
            return FindBinary() ?? await FetchAsync(cancellationToken);
        }
        finally
        {
            Fetching.Release();
        }
    }

    internal static Version VersionOf(string binary)
    {
        using Process process = Process.Start(new ProcessStartInfo(binary, ["version"]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        return VersionPattern().Match(text) is { Success: true } match
            ? Version.Parse(match.Groups[1].Value)
            : throw new ConsulUnavailableException($"{binary} is no Consul: it says '{text}' of its version.");
    }

    private static async Task<IConsulInstance> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        var consul = new ExternalConsul(address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            await Readiness.WaitAsync(consul.Address, Environment.GetEnvironmentVariable("CONSUL_HTTP_TOKEN"), limit.Token);
            return consul;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConsulUnavailableException(
                $"{AddressVariable} is {address}, and no Consul takes writes there. Start one, name another address, or unset the variable to have one started.");
        }
    }

    private static string? FindBinary()
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), Path.Combine(Repository.Root, ".tools")];
        return folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, BinaryName)).FirstOrDefault(File.Exists);
    }

    private static async Task<string> FetchAsync(CancellationToken cancellationToken)
    {
        string tool = Path.Combine(Repository.Root, "tools", "get-consul");
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? new("powershell", ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", tool + ".ps1"])
            : new(tool);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        string errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? (await output).Trim() : throw new ConsulUnavailableException("There is no Consul to test with." + Environment.NewLine + errors);
    }

    [GeneratedRegex(@"v(\d+\.\d+\.\d+)")]
    private static partial Regex VersionPattern();
}
