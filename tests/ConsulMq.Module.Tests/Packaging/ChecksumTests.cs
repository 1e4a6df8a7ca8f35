using System.Security.Cryptography;

namespace ConsulMq.Module.Tests.Packaging;

[Collection(PackagesCollection.Name)]
public sealed class ChecksumTests(Packages packages)
{
    [Fact]
    public void All_that_is_published_is_listed_as_sha256sum_reads_it()
    {
        var files = Directory.GetFiles(packages.Folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "SHA256SUMS")
            .Select(f => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))}  {Path.GetRelativePath(packages.Folder, f).Replace('\\', '/')}");

        Assert.Equal(files.Order(StringComparer.Ordinal), File.ReadAllLines(Path.Combine(packages.Folder, "SHA256SUMS")).Order(StringComparer.Ordinal));
    }
}
