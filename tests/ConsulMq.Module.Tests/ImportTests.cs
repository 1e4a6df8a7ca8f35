namespace ConsulMq.Module.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly ModuleRunspace _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void The_module_loads_the_build_for_this_edition_and_nothing_else()
    {
        ScriptResult result = _session.Run("(Get-Module ConsulMq).NestedModules | ForEach-Object Path");

        Assert.Empty(result.Errors);
        Assert.Equal(Path.Combine(TestedBuild.Folder, "ConsulMq.Module.dll"), (string)Assert.Single(result.Values));
    }

    [Fact]
    public void Importing_and_removing_it_again_and_again_leaves_no_error()
    {
        ScriptResult result = _session.Run(
            """
            param($manifest)
            foreach ($i in 1..3) { Remove-Module ConsulMq; Import-Module $manifest }
            """,
            new Dictionary<string, object> { ["manifest"] = Path.Combine(TestSupport.Repository.ModuleFolder, "ConsulMq.psd1") });

        Assert.Empty(result.Errors);
    }
}
