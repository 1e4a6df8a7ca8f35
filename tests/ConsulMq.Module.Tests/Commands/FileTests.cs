using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Files pushed and popped, as a user types it.</summary>
public abstract class FileTests : CommandTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-files-");

    protected FileTests(string connect)
        : base(connect) => Run("param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder)", new Dictionary<string, object> { ["folder"] = _folder.FullName });

    public override void Dispose()
    {
        base.Dispose();
        _folder.Delete(true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(300_000)]
    [InlineData(5_000_000)]
    public void A_file_goes_in_and_comes_out_as_it_was(int size)
    {
        var bytes = Write("in.bin", size);

        dynamic pushed = Run("Push-ConsulMqItem files -Path in.bin -Tag t -TimeToLive 1h")[0];
        Assert.Equal((size, "in.bin", Full("in.bin")), ((int)pushed.Size, (string)pushed.Headers["consulmq-file-name"], ((FileInfo)pushed.Body).FullName));

        dynamic popped = Run("Pop-ConsulMqItem files -OutFile out.bin")[0];
        Assert.Equal(((Guid)pushed.Id, size, Full("out.bin")), ((Guid)popped.Id, (int)popped.Size, ((FileInfo)popped.Body).FullName));
        Assert.Equal(["t"], (IEnumerable<string>)popped.Tags);
        Assert.Equal(bytes, File.ReadAllBytes(Full("out.bin")));
        Assert.Equal(bytes, (byte[])popped.RawBody);
        Assert.Equal(["in.bin", "out.bin"], Files());
        Assert.Empty(Run("Pop-ConsulMqItem files"));
    }

    [Fact]
    public void What_was_pushed_as_a_file_is_bytes_without_OutFile_and_anything_goes_into_a_file()
    {
        var bytes = Write("in.bin", 700_000);
        Run("$null = Push-ConsulMqItem files -Path in.bin; $null = 'text', @{ a = 1 } | Push-ConsulMqItem files");

        Assert.Equal(bytes, (byte[])Run(", (Pop-ConsulMqItem files).Body")[0]);
        Run("$null = Pop-ConsulMqItem files -OutFile a.txt; $null = Pop-ConsulMqItem files -OutFile b.json");
        Assert.Equal(("text", """{"a":1}"""), (File.ReadAllText(Full("a.txt")), File.ReadAllText(Full("b.json"))));
    }

    [Fact]
    public void Wildcards_find_files_and_the_pipeline_brings_them()
    {
        foreach (var name in new[] { "a.bin", "b.bin", "c[1].bin", "d.txt" })
            Write(name, 10);

        Assert.Equal(["a.bin", "b.bin", "c[1].bin"], Run("Push-ConsulMqItem files -Path *.bin | ForEach-Object { $_.Headers['consulmq-file-name'] }"));
        Assert.Equal(["c[1].bin"], Run("Push-ConsulMqItem files -LiteralPath 'c[1].bin' | ForEach-Object { $_.Headers['consulmq-file-name'] }"));
        Assert.Equal(["a.bin", "b.bin"], Run("[IO.DirectoryInfo]::new($pwd.Path).GetFiles('?.bin') | Push-ConsulMqItem files -Path { $_.FullName } | ForEach-Object { $_.Headers['consulmq-file-name'] }").Order());
        Assert.Equal(["d.txt"], Run("[pscustomobject]@{ File = 'd.txt' } | Push-ConsulMqItem files -LiteralPath { $_.File } | ForEach-Object { $_.Headers['consulmq-file-name'] }"));
        // Without a word about paths a file is its path, and an object with one is an object.
        Assert.Equal([Full("d.txt")], Run("[IO.FileInfo]::new((\"$($pwd.Path)/d.txt\")) | Push-ConsulMqItem files | ForEach-Object { $_.ReadContent().Text }"));
        Assert.Equal(["application/json"], Run("[pscustomobject]@{ Path = 'd.txt'; FullName = 'x'; PSPath = 'y' } | Push-ConsulMqItem files | ForEach-Object ContentType"));
    }

    [Fact]
    public void What_cannot_be_read_is_an_error_of_its_own()
    {
        Write("a.bin", 10);
        Write("z.bin", 10);
        Directory.CreateDirectory(Full("folder"));

        var result = Session.Run("$ErrorActionPreference = 'Continue'; Push-ConsulMqItem files -Path a.bin, missing.bin, none*.bin, folder, Env:PATH, z.bin");

        Assert.Equal(["a.bin", "z.bin"], result.Output.Select(static o => (string)((dynamic)o.BaseObject).Headers["consulmq-file-name"]));
        Assert.Equal(
            ["FileNotFound", "FileNotFound", "PathIsDirectory", "NotAFileSystemPath"], result.Errors.Select(static e => e.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void A_file_over_the_limit_is_an_error_of_its_own()
    {
        using (var file = File.Create(Full("big.bin")))
            file.SetLength((64L * 1024 * 1024) + 1);
        Write("small.bin", 10);

        var result = Session.Run("$ErrorActionPreference = 'Continue'; Push-ConsulMqItem files -Path big.bin, small.bin");

        Assert.Single(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("MessageTooLarge", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(Full("big.bin"), error.TargetObject);
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_by_force()
    {
        Run("$null = 'new' | Push-ConsulMqItem files");
        File.WriteAllText(Full("out.txt"), "old");

        var error = Fail("$ErrorActionPreference = 'Continue'; Pop-ConsulMqItem files -OutFile out.txt");
        Assert.StartsWith("FileExists", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Full("out.txt")));

        Run("$null = Pop-ConsulMqItem files -OutFile out.txt -Force");
        Assert.Equal("new", File.ReadAllText(Full("out.txt")));
        Assert.Equal(["out.txt"], Files());
    }

    [Fact]
    public void Many_go_into_a_directory_by_their_names_or_their_IDs()
    {
        Write("a.bin", 10);
        Write("b.bin", 400_000);
        Directory.CreateDirectory(Full("out"));
        Run("$null = Push-ConsulMqItem files -Path a.bin, b.bin; $null = 'text' | Push-ConsulMqItem files");

        Assert.StartsWith("OutFileNotDirectory", Fail("$ErrorActionPreference = 'Continue'; Pop-ConsulMqItem files -All -OutFile one.bin").FullyQualifiedErrorId, StringComparison.Ordinal);
        var items = Run("Pop-ConsulMqItem files -All -OutFile out").Cast<dynamic>().ToList();

        Assert.Equal([Full("out/a.bin"), Full("out/b.bin"), Full($"out/{(Guid)items[2].Id}")], items.Select(static i => ((FileInfo)i.Body).FullName));
        Assert.Equal(3, Directory.GetFiles(Full("out")).Length);
    }

    [Theory]
    [InlineData("Pop-ConsulMqItem files -All -OutFile out -Force")]
    [InlineData("Pop-ConsulMqItem files -Count 9 -OutFile out -Force")]
    [InlineData("Pop-ConsulMqItem files -All -Lease -OutFile out -Force")]
    [InlineData("Pop-ConsulMqItem files -Last -Count 3 -OutFile out -Force")]
    [InlineData("$ids = Get-ConsulMqItem files -All | ForEach-Object Id; Pop-ConsulMqItem files -Id $ids -OutFile out -Force")]
    [InlineData("Get-ConsulMqItem files -All | Pop-ConsulMqItem -OutFile out -Force")]
    [InlineData("'files', 'files' | Pop-ConsulMqItem -OutFile out -Force")]
    [InlineData("'files', 'files' | Pop-ConsulMqItem -OutFile out/s.txt -Force")]
    public void Force_replaces_what_was_there_and_never_what_the_command_has_written(string pop)
    {
        foreach (var folder in new[] { "d1", "d2", "out" })
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Full(folder)).FullName, "s.txt"), folder);
        Run("$null = Push-ConsulMqItem files -Path d1/s.txt, d2/s.txt");

        var result = Session.Run($"$ErrorActionPreference = 'Continue'; {pop}");

        Assert.Single(result.Output);
        Assert.StartsWith("FileExists", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        var left = (string)Run("[Text.Encoding]::UTF8.GetString((Get-ConsulMqItem files).Body)")[0];
        Assert.Equal(["d1", "d2"], new[] { File.ReadAllText(Full("out/s.txt")), left }.Order());
        Assert.Equal(["s.txt"], Directory.GetFiles(Full("out")).Select(Path.GetFileName));
    }

    [Fact]
    public void Names_that_are_one_file_for_the_file_system_are_one_for_Force()
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Full("out")).FullName, "probe"), "");
        var isOne = File.Exists(Full("out/PROBE"));
        Run("'first', 'second' | ForEach-Object { $null = $_ | Push-ConsulMqItem files -Header @{ 'consulmq-file-name' = if ($_ -eq 'first') { 'name.txt' } else { 'NAME.txt' } } }");

        var result = Session.Run("$ErrorActionPreference = 'Continue'; Pop-ConsulMqItem files -All -OutFile out -Force");

        Assert.Equal(isOne ? 1 : 2, result.Output.Count);
        Assert.Equal(isOne ? 1 : 0, result.Errors.Count);
        Assert.Equal("first", File.ReadAllText(Full("out/name.txt")));
    }

    [Fact]
    public void A_message_whose_file_is_there_stays_and_those_before_it_are_out()
    {
        Write("a.bin", 10);
        Directory.CreateDirectory(Full("out"));
        Run("$null = Push-ConsulMqItem files -Path a.bin, a.bin");

        var result = Session.Run("$ErrorActionPreference = 'Continue'; Pop-ConsulMqItem files -All -OutFile out");

        Assert.Single(result.Output);
        Assert.StartsWith("FileExists", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(Run("Get-ConsulMqItem files -All"));
        Assert.Equal(["a.bin"], Directory.GetFiles(Full("out")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("..\\evil")]
    [InlineData("/etc/evil")]
    [InlineData("C:evil")]
    [InlineData("..")]
    [InlineData(".profile")]
    [InlineData("-rf")]
    [InlineData("NUL")]
    [InlineData("con.txt")]
    [InlineData("line\nbreak")]
    [InlineData("turned\u202etxt.exe")]
    [InlineData("ends.")]
    [InlineData("")]
    public void A_name_that_leads_elsewhere_is_not_taken(string name)
    {
        Directory.CreateDirectory(Full("out"));
        Run("param($name) $null = 'x' | Push-ConsulMqItem files -Header @{ 'consulmq-file-name' = $name }", new Dictionary<string, object> { ["name"] = name });

        dynamic item = Run("Pop-ConsulMqItem files -OutFile out")[0];

        Assert.Equal(Full($"out/{(Guid)item.Id}"), ((FileInfo)item.Body).FullName);
        Assert.Equal(["out"], Directory.GetFileSystemEntries(_folder.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_taken()
    {
        Run("$null = 'x' | Push-ConsulMqItem files");
        Directory.CreateDirectory(Full("folder"));

        foreach (var (path, id) in new[] { ("nowhere/out.txt", "FileNotFound"), ("nowhere/", "FileNotFound"), ("Env:out", "NotAFileSystemPath") })
            Assert.StartsWith(id, Fail($"$ErrorActionPreference = 'Continue'; Pop-ConsulMqItem files -OutFile {path}").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(Run("Get-ConsulMqItem files -All"));
    }

    [Fact]
    public void A_damaged_body_is_an_error_and_leaves_no_file()
    {
        Write("a.bin", 900_000);
        Run("$null = Push-ConsulMqItem files -Path a.bin; $null = 'behind' | Push-ConsulMqItem files");
        Damage();

        var result = Session.Run("$ErrorActionPreference = 'Continue'; Pop-ConsulMqItem files -OutFile out.bin");

        Assert.Equal("behind", File.ReadAllText(Full("out.bin")));
        Assert.StartsWith("CorruptEntry", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["a.bin", "out.bin"], Files());
        Assert.Equal([1L], Run("(Get-ConsulMqQueue files).Depth"));
    }

    [Fact]
    public void A_file_message_is_shown_without_reading_the_file()
    {
        Write("a.bin", 900_000);
        Run("$null = Push-ConsulMqItem files -Path a.bin");
        var shown = Run("$item = Pop-ConsulMqItem files -OutFile out.bin; [IO.File]::Delete($item.Body.FullName); [ConsulMq.Format]::Preview($item); [ConsulMq.Format]::Body($item)");
        Assert.Equal([Full("out.bin"), Full("out.bin")], shown);
    }

    /// <summary>Shortens a chunk of the first big body.</summary>
    private void Damage()
    {
        // The module's types are its own: only their names are known here.
        dynamic connection = Run("Get-ConsulMqConnection")[0];
        dynamic options = Activator.CreateInstance(((object)connection).GetType().Assembly.GetType("ConsulMq.Consul.ReadOptions", true)!)!;
        dynamic listing = connection.Consul.KeysAsync($"{(string)connection.Prefix}/files/d/", null, options, CancellationToken.None).GetAwaiter().GetResult();
        connection.Consul.PutAsync((string)listing.Keys[0], new ReadOnlyMemory<byte>(new byte[10]), CancellationToken.None).GetAwaiter().GetResult();
    }

    private string Full(string name) => Path.Combine(_folder.FullName, name.Replace('/', Path.DirectorySeparatorChar));

    private IEnumerable<string?> Files() => Directory.GetFiles(_folder.FullName).Select(Path.GetFileName).Order();

    private byte[] Write(string name, int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        File.WriteAllBytes(Full(name), bytes);
        return bytes;
    }
}

public sealed class FileTestsInMemory() : FileTests(InMemory);

public sealed class FileTestsOnConsul(ConsulFixture consul) : FileTests(To(consul)), IClassFixture<ConsulFixture>;
