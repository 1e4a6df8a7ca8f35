namespace ConsulMq.Module.Tests.Assemblies;

/// <summary>Beside a module that has loaded another System.Text.Json, in a process of their own: each has its own, and keeps it.</summary>
public sealed class OtherModuleTests : IDisposable
{
    /// <summary>Of System.Text.Json 6.0.11, which is neither that of .NET nor the one that this module brings.</summary>
    private const string OtherVersion = "6.0.0.0";

    private const string Script =
        """
        param($other, $first)
        $ErrorActionPreference = 'Stop'
        function Use-Other { "other: $(Get-OtherJson)" }
        function Use-Ours {
            $null = Connect-ConsulMq -InMemory
            $null = @{ word = 'ü'; list = 1, 2 } | Push-ConsulMqItem jobs
            $item = Pop-ConsulMqItem jobs
            "ours: $($item.Body.word) $($item.Body.list)"
        }
        if ($first -eq 'other') { Import-Module $other; Use-Other; Import-Module ConsulMq; Use-Ours; Use-Other }
        else { Import-Module ConsulMq; Use-Ours; Import-Module $other; Use-Other; Use-Ours }

        [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'System.Text.Json' } |
            ForEach-Object { "loaded: $([Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name) $($_.GetName().Version.Major)" }
        # What this module carries for itself alone is found by nobody else, and nobody else's request for it is answered.
        $name = 'Microsoft.Bcl.AsyncInterfaces, Version=8.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51'
        try { $found = [Reflection.Assembly]::Load($name); "found: $($found.Location)" } catch { 'found: nothing' }
        Remove-Module ConsulMq
        Use-Other
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-other-");

    public OtherModuleTests()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "OtherJson", "System.Text.Json.dll"), Path.Combine(_folder.FullName, "System.Text.Json.dll"));
        File.WriteAllText(Path.Combine(_folder.FullName, "Other.psm1"),
            """
            $json = [Runtime.Loader.AssemblyLoadContext]::new('Other').LoadFromAssemblyPath("$PSScriptRoot/System.Text.Json.dll")
            $parse = $json.GetType('System.Text.Json.JsonDocument').GetMethod('Parse', [type[]] ([string], $json.GetType('System.Text.Json.JsonDocumentOptions')))
            function Get-OtherJson {
                $document = $parse.Invoke($null, @('{"answer":42}', [Activator]::CreateInstance($json.GetType('System.Text.Json.JsonDocumentOptions'))))
                "$($document.RootElement.GetProperty('answer')) $($document.GetType().Assembly.GetName().Version)"
            }
            """);
    }

    public void Dispose() => _folder.Delete(true);

    [Theory]
    [InlineData("other")]
    [InlineData("ours")]
    public async Task Both_work_each_with_its_own(string first)
    {
        using var process = ScriptHostProcess.Start(Script, "-other", Path.Combine(_folder.FullName, "Other.psm1"), "-first", first);
        var errors = process.StandardError.ReadToEndAsync();

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();

        Assert.Equal("", await errors);
        string other = "other: 42 " + OtherVersion;
        Assert.Equal(
            first == "other" ? [other, "ours: ü 1 2", other] : ["ours: ü 1 2", other, "ours: ü 1 2"],
            lines.Take(3));
        Assert.Equal([$"loaded: Default {Environment.Version.Major}", "loaded: Other 6"], lines.Skip(3).Take(lines.Length - 5).Order(StringComparer.Ordinal));
        Assert.Equal(["found: nothing", other], lines[^2..]);
    }
}
