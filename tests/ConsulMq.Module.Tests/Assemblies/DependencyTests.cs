using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Assemblies;

/// <summary>Each build finds all that it refers to: in its folder, or in what it runs on.</summary>
[Trait(TestedBuild.Trait, TestedBuild.Any)]
public sealed class DependencyTests
{
    /// <summary>PowerShell Standard's, which every edition since 3.0 answers to.</summary>
    private static readonly AssemblyIdentity Engine = new("System.Management.Automation", new(3, 0, 0, 0), "31BF3856AD364E35");

    /// <summary>In the box of .NET Framework from 4.7.1 on.</summary>
    private static readonly AssemblyIdentity Standard = new("netstandard", new(2, 0, 0, 0), "CC7B13FFCD2DDD51");

    private static readonly IReadOnlyList<AssemblyFile> Desktop = AssemblyFile.In(Path.Combine(Module, TestedBuild.Desktop));

    // The first run has both folders, whatever this one has.
    private static string Module => Path.Combine(Repository.Root, "out", "ConsulMq");

    [Fact]
    public void The_build_for_Windows_PowerShell_lacks_nothing()
    {
        var missing =
            from file in Desktop
            from reference in file.References
            where reference != Engine && reference != Standard
            where !Desktop.Any(f => f.Identity.Name == reference.Name && f.Identity.Token == reference.Token && f.Identity.Version >= reference.Version)
            select $"{file.Identity.Name} -> {reference}";

        Assert.Empty(missing);
    }

    [Fact]
    public void It_brings_nothing_that_it_does_not_need()
    {
        var needed = new HashSet<string> { "ConsulMq.Module" };
        var open = new Queue<string>(needed);
        while (open.TryDequeue(out var name))
        {
            foreach (var reference in Desktop.Where(f => f.Identity.Name == name).SelectMany(static f => f.References))
            {
                if (needed.Add(reference.Name))
                    open.Enqueue(reference.Name);
            }
        }

        Assert.All(Desktop, file => Assert.Contains(file.Identity.Name, needed));
    }

    /// <summary>The engine looks at all types of the module before it lets the module install its resolver.</summary>
    [Fact]
    public void What_the_module_s_own_assembly_refers_to_is_there_in_the_very_version() =>
        Assert.All(Desktop.Single(static f => f.Identity.Name == "ConsulMq.Module").References.Where(static r => r != Engine && r != Standard),
            static reference => Assert.Contains(reference, Desktop.Select(static f => f.Identity)));

    /// <summary>Only where the version is another one are the handlers of all modules asked.</summary>
    [Fact]
    public void All_refer_to_System_Text_Json_in_the_version_that_is_there()
    {
        var json = Desktop.Single(static f => f.Identity.Name == "System.Text.Json").Identity;

        Assert.All(Desktop.SelectMany(static f => f.References).Where(r => r.Name == json.Name), reference => Assert.Equal(json, reference));
    }

    [Fact]
    public void The_build_for_PowerShell_7_refers_to_NET_8_the_engine_and_itself()
    {
        var files = AssemblyFile.In(Path.Combine(Module, TestedBuild.Core));
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

        Assert.Equal(["ConsulMq", "ConsulMq.Module"], files.Select(static f => f.Identity.Name).Order(StringComparer.Ordinal));
        Assert.All(files.SelectMany(static f => f.References).Where(static r => r != Engine && r.Name != "ConsulMq"), reference =>
        {
            Assert.Equal(new Version(8, 0, 0, 0), reference.Version);
            Assert.True(File.Exists(Path.Combine(runtime, reference.Name + ".dll")), $"{reference.Name} is not part of the shared framework.");
        });
    }
}
