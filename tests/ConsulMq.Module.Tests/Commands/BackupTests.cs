using System.Diagnostics;
using System.IO.Compression;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>Queues that become files and files that become queues, as a user types it.</summary>
public abstract class BackupTests : CommandTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-backup-");

    protected BackupTests(string connect)
        : base(connect) => Run("param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder)", new Dictionary<string, object> { ["folder"] = _folder.FullName });

    public override void Dispose()
    {
        base.Dispose();
        _folder.Delete(true);
        GC.SuppressFinalize(this);
    }

    private string Full(string name) => Path.Combine(_folder.FullName, name);

    private string[] Files() => [.. _folder.GetFiles().Select(static f => f.Name).Order()];

    private const string Fill = "$null = 'a', @{ b = 2 } | Push-ConsulMqItem jobs -Tag t; $null = Push-ConsulMqItem jobs c -Delay 1h; $null = Pop-ConsulMqItem jobs -Lease; ";

    [Theory]
    [InlineData("jobs.jsonl")]
    [InlineData("jobs.jsonl.gz")]
    [InlineData("JOBS.GZ")]
    public void A_queue_goes_into_a_file_and_comes_back_once(string name)
    {
        Run(Fill);

        Assert.Empty(Run($"Export-ConsulMqQueue jobs {name}"));
        Assert.Equal([name], Files());
        var bytes = File.ReadAllBytes(Full(name));
        Assert.Equal(name.EndsWith("gz", StringComparison.OrdinalIgnoreCase), bytes[0] == 0x1F);
        // The messages are where they were.
        Assert.Equal([1L, 1L, 1L], Run("$q = Get-ConsulMqQueue jobs; $q.Depth, $q.InFlight, $q.Scheduled"));
        Assert.Equal([0L, 3L], Run($"$i = Import-ConsulMqQueue {name} -PassThru; $i.Added, $i.Skipped"));

        dynamic import = Run($"Import-ConsulMqQueue {name} -Queue other -PassThru")[0];
        Assert.Equal(("other", Full(name), 3L, 3L, 0L), ((string)import.Queue, (string)import.Path, (long)import.Lines, (long)import.Added, (long)import.Skipped));
        Assert.Equal([2L, 0L, 1L], Run("$q = Get-ConsulMqQueue other; $q.Depth, $q.InFlight, $q.Scheduled"));
        Assert.Equal(["a", 2], Run("Pop-ConsulMqItem other -All | ForEach-Object { if ($_.Body.b) { $_.Body.b } else { $_.Body } }"));
        Assert.Empty(Run($"Import-ConsulMqQueue {name} -Queue other"));
        Assert.Equal([0L], Run("(Get-ConsulMqQueue other).Depth"));
    }

    [Fact]
    public void Two_queues_do_not_go_into_one_file()
    {
        Run("$null = foreach ($q in 'a', 'b') { Push-ConsulMqItem $q \"of $q\" }");

        var error = Fail("Get-ConsulMqQueue a, b | Export-ConsulMqQueue -Path all.jsonl -Force");

        Assert.Equal(("FileExists,ConsulMq.Commands.ExportQueueCommand", Full("all.jsonl")), (error.FullyQualifiedErrorId, error.TargetObject));
        Assert.Contains("of a", File.ReadAllText(Full("all.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_by_force()
    {
        Run(Fill);
        File.WriteAllText(Full("jobs.jsonl"), "old");

        var error = Fail("$ErrorActionPreference = 'Continue'; Export-ConsulMqQueue jobs jobs.jsonl");
        Assert.Equal(("FileExists,ConsulMq.Commands.ExportQueueCommand", Full("jobs.jsonl")), (error.FullyQualifiedErrorId, error.TargetObject));
        Assert.Equal("old", File.ReadAllText(Full("jobs.jsonl")));

        Assert.Empty(Run("Export-ConsulMqQueue jobs jobs.jsonl -Force -PassThru -WhatIf; Export-ConsulMqQueue jobs new.jsonl -WhatIf"));
        Assert.StartsWith("FileExists,", Fail("Export-ConsulMqQueue jobs jobs.jsonl -WhatIf").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Full("jobs.jsonl")));
        Assert.Equal(["jobs.jsonl"], Files());

        Assert.Equal(Full("jobs.jsonl"), ((FileInfo)Run("Export-ConsulMqQueue jobs jobs.jsonl -Force -PassThru")[0]).FullName);
        Assert.StartsWith("{\"consulmq\":1,\"export\":\"", File.ReadAllText(Full("jobs.jsonl")), StringComparison.Ordinal);
        Assert.Equal(["jobs.jsonl"], Files());
    }

    [Theory]
    [InlineData("Export-ConsulMqQueue nobody out.jsonl", "QueueNotFound")]
    [InlineData("Export-ConsulMqQueue jobs nowhere/out.jsonl", "FileNotFound")]
    [InlineData("Export-ConsulMqQueue jobs out.jsonl -State Dead", "ParameterArgumentValidationError")]
    [InlineData("Export-ConsulMqQueue jobs .", "PathIsDirectory")]
    [InlineData("Export-ConsulMqQueue jobs Env:OUT", "NotAFileSystemPath")]
    [InlineData("Import-ConsulMqQueue nobody.jsonl", "FileNotFound")]
    [InlineData("Import-ConsulMqQueue nobody*.jsonl", "FileNotFound")]
    [InlineData("Import-ConsulMqQueue .", "PathIsDirectory")]
    [InlineData("Import-ConsulMqQueue plain.gz", "NotGzip")]
    [InlineData("Import-ConsulMqQueue plain.gz 'a/b'", "InvalidQueueName")]
    public void What_cannot_be_is_an_error_and_leaves_nothing_behind(string script, string id)
    {
        Run(Fill);
        File.WriteAllText(Full("plain.gz"), "plain");

        var error = Fail("$ErrorActionPreference = 'Continue'; " + script);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["plain.gz"], Files());
    }

    [Fact]
    public void Of_a_broken_file_what_came_before_is_in_and_the_other_files_go_on()
    {
        Run("$null = 1..20 | Push-ConsulMqItem jobs; Export-ConsulMqQueue jobs a.jsonl; Export-ConsulMqQueue jobs b.jsonl.gz; $null = Clear-ConsulMq jobs -Confirm:$false");
        var lines = File.ReadAllLines(Full("a.jsonl"));
        File.WriteAllText(Full("a.jsonl"), string.Join('\n', lines[..10]) + "\n" + lines[10][..20]);

        var result = Session.Run("$ErrorActionPreference = 'Continue'; Import-ConsulMqQueue *.jsonl* -PassThru -Verbose");
        var error = Assert.Single(result.Errors);
        Assert.Equal(("InvalidImportLine,ConsulMq.Commands.ImportQueueCommand", "InvalidData", Full("a.jsonl")),
            (error.FullyQualifiedErrorId, error.CategoryInfo.Category.ToString(), error.TargetObject));
        Assert.Contains("Line 11 of ", error.Exception.Message, StringComparison.Ordinal);
        // The second export is another one, and what the first one brought is there.
        Assert.Equal([(9L, 0L), (11L, 9L)], result.Output.Select(static o => ((long)((dynamic)o.BaseObject).Added, (long)((dynamic)o.BaseObject).Skipped)));
        Assert.Equal(Enumerable.Range(1, 20).Select(static i => (object)i), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void A_gzip_file_that_was_cut_is_an_error()
    {
        Run("$null = 1..2000 | Push-ConsulMqItem jobs; Export-ConsulMqQueue jobs a.jsonl.gz; $null = Clear-ConsulMq jobs -Confirm:$false");
        var bytes = File.ReadAllBytes(Full("a.jsonl.gz"));
        File.WriteAllBytes(Full("a.jsonl.gz"), bytes[..(bytes.Length / 2)]);

        var error = Fail("$ErrorActionPreference = 'Continue'; Import-ConsulMqQueue a.jsonl.gz");
        Assert.StartsWith("InvalidImportLine,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        File.WriteAllBytes(Full("a.jsonl.gz"), bytes);
        Assert.Equal([2000L], Run("$i = Import-ConsulMqQueue a.jsonl.gz -PassThru; $i.Added + $i.Skipped"));
        Assert.Equal(Enumerable.Range(1, 2000).Select(static i => (object)i), Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void WhatIf_imports_nothing_and_the_pipeline_brings_files()
    {
        Run(Fill + "Export-ConsulMqQueue jobs jobs.jsonl -State Ready, InFlight; Remove-ConsulMqQueue jobs -Confirm:$false");

        Assert.Empty(Run("Import-ConsulMqQueue jobs.jsonl -PassThru -WhatIf"));
        Assert.Empty(Run("Get-ConsulMqQueue"));
        Assert.Equal([2L], Run("([IO.DirectoryInfo]::new($pwd.Path).GetFiles() | Import-ConsulMqQueue -PassThru).Added"));
        Assert.Equal(["jobs"], Run("(Get-ConsulMqQueue).Name"));
    }

    [Fact]
    public void Only_what_has_expired_is_cleared()
    {
        Run("$null = 'a', 'b' | Push-ConsulMqItem jobs -TimeToLive 1ms; $null = 'c' | Push-ConsulMqItem jobs; [Threading.Thread]::Sleep(50)");

        Assert.Empty(Run("Clear-ConsulMq jobs -Expired -WhatIf"));
        Assert.Equal([3L], Run("(Get-ConsulMqQueue jobs).Depth"));
        Assert.Equal([2L], Run("Clear-ConsulMq jobs -Expired -PassThru"));
        Assert.Empty(Run("Clear-ConsulMq jobs -Expired"));
        Assert.Equal(["c"], Run("(Pop-ConsulMqItem jobs -All).Body"));
        Assert.Equal("QueueNotFound,ConsulMq.Commands.ClearCommand", Fail("Clear-ConsulMq nobody -Expired").FullyQualifiedErrorId);
    }

    [Fact]
    public void Ctrl_C_ends_an_export_at_once_and_leaves_no_file()
    {
        Run("$null = 1..200 | ForEach-Object { 'x' * 100KB } | Push-ConsulMqItem jobs");
        using var shell = Session.CreateShell();
        shell.AddScript("Export-ConsulMqQueue jobs out.jsonl.gz");
        var running = shell.BeginInvoke();
        SpinWait.SpinUntil(() => Files().Length > 0 || running.IsCompleted, TimeSpan.FromSeconds(30));

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"It took {watch.Elapsed}.");
        // It may have been faster.
        Assert.DoesNotContain(Files(), static name => name != "out.jsonl.gz");
    }

    [Fact]
    public void An_empty_file_is_nothing()
    {
        File.WriteAllBytes(Full("empty.jsonl"), []);
        File.WriteAllBytes(Full("empty.gz"), []);
        using (var file = File.Create(Full("packed.gz")))
        using (var gzip = new GZipStream(file, CompressionMode.Compress))
            gzip.Flush();

        Assert.Equal([0L, 0L, 0L], Run("Import-ConsulMqQueue empty.jsonl, empty.gz, packed.gz -Queue jobs -PassThru | ForEach-Object Lines"));
        Assert.Empty(Run("Get-ConsulMqQueue"));
    }
}

public sealed class BackupTestsInMemory() : BackupTests(InMemory);

public sealed class BackupTestsOnConsul(ConsulFixture consul) : BackupTests(To(consul)), IClassFixture<ConsulFixture>;
