using System.Reflection;
using System.Runtime.Loader;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Assemblies;

/// <summary>Whose requests the resolver of the build for Windows PowerShell answers.</summary>
[Trait(TestedBuild.Trait, TestedBuild.Any)]
public sealed class ResolverTests : IDisposable
{
    private const string Token = "PublicKeyToken=b03f5f7f11d50a3a";
    private const string Unsafe = "System.Runtime.CompilerServices.Unsafe";
    private const string Memory = "System.Memory, Version=4.0.1.2, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51";

    private static readonly string Folder = Path.Combine(Repository.Root, "out", "ConsulMq", TestedBuild.Desktop);

    private readonly AssemblyLoadContext _context = new("The build for Windows PowerShell", isCollectible: true);
    private readonly DirectoryInfo _elsewhere = Directory.CreateTempSubdirectory("consulmq-resolver-");
    private readonly object _resolver;
    private readonly MethodInfo _find;

    public ResolverTests()
    {
        var type = _context.LoadFromAssemblyPath(Path.Combine(Folder, "ConsulMq.Module.dll")).GetType("ConsulMq.Module.Internal.DependencyResolver", true)!;
        _resolver = Activator.CreateInstance(type, Folder)!;
        _find = type.GetMethod("Find")!;
    }

    public void Dispose()
    {
        _context.Unload();
        _elsewhere.Delete(true);
    }

    [Theory]
    [InlineData("4.0.4.1")]
    [InlineData("6.0.0.0")]
    public void A_request_of_its_own_folder_gets_the_file_of_that_version_or_a_later_one(string version) =>
        Assert.Equal(Ours(Unsafe), Find($"{Unsafe}, Version={version}, Culture=neutral, {Token}", Memory, Ours("System.Memory")));

    [Theory]
    [InlineData(Unsafe + ", Version=7.0.0.0, Culture=neutral, " + Token)]
    [InlineData(Unsafe + ", Version=6.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51")]
    [InlineData("System.Net.Http, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a")]
    public void What_it_does_not_have_it_does_not_answer_for(string reference) =>
        Assert.Null(Find(reference, Memory, Ours("System.Memory")));

    [Theory]
    [InlineData("Other, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null")]
    [InlineData("System.Text.Json, Version=6.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51")]
    [InlineData("System.Text.Json, Version=9.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51")]
    [InlineData("ConsulMq, Version=0.1.0.0, Culture=neutral, PublicKeyToken=null")]
    public void Another_module_s_request_is_none_of_its_business(string requester) =>
        Assert.Null(Find($"{Unsafe}, Version=6.0.0.0, Culture=neutral, {Token}", requester, Elsewhere("Other.dll")));

    [Fact]
    public void Nor_is_a_request_of_nobody_known_or_of_an_assembly_without_a_file()
    {
        Assert.Null(Find($"{Unsafe}, Version=6.0.0.0, Culture=neutral, {Token}", null, null));
        Assert.Null(Find($"{Unsafe}, Version=6.0.0.0, Culture=neutral, {Token}", Memory, ""));
    }

    [Fact]
    public void Another_module_s_file_that_stands_for_ours_is_helped_only_with_what_does_not_lie_beside_it()
    {
        Assert.Equal(Ours(Unsafe), Find($"{Unsafe}, Version=4.0.4.1, Culture=neutral, {Token}", Memory, Elsewhere("System.Memory.dll")));

        File.WriteAllBytes(Elsewhere(Unsafe + ".dll"), []);
        Assert.Null(Find($"{Unsafe}, Version=4.0.4.1, Culture=neutral, {Token}", Memory, Elsewhere("System.Memory.dll")));
    }

    private static string Ours(string name) => Path.Combine(Folder, name + ".dll");

    private string Elsewhere(string name) => Path.Combine(_elsewhere.FullName, name);

    private string? Find(string reference, string? requester, string? location) => (string?)_find.Invoke(_resolver, [reference, requester, location]);
}
