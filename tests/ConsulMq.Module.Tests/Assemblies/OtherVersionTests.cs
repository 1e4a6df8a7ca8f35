using System.Reflection;
using System.Reflection.Emit;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Assemblies;

/// <summary>Another version of this module, in a session that has loaded this one: as after an update.</summary>
public sealed class OtherVersionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-version-");

    public OtherVersionTests()
    {
        File.Copy(Path.Combine(Repository.ModuleFolder, "ConsulMq.psm1"), Path.Combine(_folder.FullName, "ConsulMq.psm1"));
        foreach (var build in (string[])["net8.0", "netstandard2.0"])
        {
            var other = new PersistedAssemblyBuilder(new AssemblyName("ConsulMq.Module") { Version = new Version(9, 8, 7, 0) }, typeof(object).Assembly);
            other.DefineDynamicModule("ConsulMq.Module");
            other.Save(Path.Combine(_folder.CreateSubdirectory(build).FullName, "ConsulMq.Module.dll"));
        }
    }

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public void It_is_an_error_that_says_to_start_a_new_session()
    {
        using var session = new ModuleRunspace();

        var version = Assert.Single(session.Run("(Get-Module ConsulMq).Version.ToString(3)").Values);
        var error = Assert.Single(session.Run($"Remove-Module ConsulMq; Import-Module '{_folder.FullName}/ConsulMq.psm1'").Errors);

        Assert.Contains("Start a new one", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"loaded ConsulMq {version} before", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(_folder.FullName, error.ToString(), StringComparison.Ordinal);
    }
}
