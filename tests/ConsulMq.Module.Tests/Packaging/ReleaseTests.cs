using ConsulMq.Packager;

namespace ConsulMq.Module.Tests.Packaging;

public sealed class ReleaseTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("1.2.3", "v1.2.3")]
    [InlineData("1.2.3-rc1", "v1.2.3-rc1")]
    [InlineData("1.2.3-rc2", "v1.2.3-rc1", "v1.2.3-rc2")]
    [InlineData("1.2.3", "v1.2.3-rc2", "v1.2.3", "stable")]
    [InlineData("1.2.3-dev")]
    [InlineData("1.2.3-dev", "nightly", "very-new")]
    public void The_tag_of_the_commit_gives_the_label(string expected, params string[] tags)
    {
        var release = Release.Of(tags, "1.2.3", Time);

        Assert.Equal(expected, release.FullVersion);
        Assert.Equal(expected.EndsWith("-dev", StringComparison.Ordinal), release.Tag is null);
    }

    [Theory]
    [InlineData("v1.2.4", "1.2.3")]
    [InlineData("v1.2.4-rc1", "1.2.3")]
    [InlineData("v1.2", "v1.2.3-label")]
    [InlineData("v1.2.3-rc.1", "v1.2.3-label")]
    [InlineData("v1.2.3-1", "v1.2.3-label")]
    public void A_tag_that_is_not_of_this_version_stops_the_packing(string tag, string said)
    {
        var error = Assert.Throws<PackagingException>(() => Release.Of(["v1.2.3", tag], "1.2.3", Time));

        Assert.Contains(tag, error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_packed_manifest_has_the_files_and_the_label_and_points_to_the_tag()
    {
        var text = File.ReadAllText(Path.Combine(TestSupport.Repository.Root, "ConsulMq.psd1"));
        var source = new ModuleManifest(text);

        var packed = new ModuleManifest(source.ForPackage(Release.Of([$"v{source.Version}-rc1"], source.Version, Time), ["b/it's.dll", "a.psd1"]));

        Assert.Equal(["a.psd1", @"b\it's.dll"], packed.Files);
        Assert.Equal("rc1", packed.Prerelease);
        Assert.Equal($"{source.ProjectUri}/blob/v{source.Version}-rc1/CHANGELOG.md", packed.ReleaseNotes);
        Assert.All([packed.LicenseUri, packed.IconUri], link => Assert.Contains($"/v{source.Version}-rc1/", link, StringComparison.Ordinal));
    }
}
