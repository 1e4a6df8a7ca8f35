namespace ConsulMq.Module.Tests.Commands;

/// <summary>Imports into a queue that has not the room for them.</summary>
public sealed class ImportRoomTests : CommandTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("consulmq-import-");

    public ImportRoomTests()
        : base(InMemory)
    {
        Run("param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder)", new Dictionary<string, object> { ["folder"] = _folder.FullName });
        Run("$null = 1..9 | Push-ConsulMqItem jobs; Export-ConsulMqQueue jobs 'jobs[1].jsonl'; $null = New-ConsulMqQueue small -MaxDepth 4");
    }

    public override void Dispose()
    {
        base.Dispose();
        _folder.Delete(true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Timeout 300ms")]
    public void What_finds_no_room_is_an_error_and_a_second_import_brings_the_rest(string arguments)
    {
        var error = Fail($"$ErrorActionPreference = 'Continue'; Import-ConsulMqQueue -LiteralPath 'jobs[1].jsonl' -Queue small {arguments}");

        Assert.StartsWith("QueueFull,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], Run("Pop-ConsulMqItem small -All | ForEach-Object Body"));
        Assert.Equal([5L], Run("Set-ConsulMqQueue small -MaxDepth $null; (Import-ConsulMqQueue -LiteralPath 'jobs[1].jsonl' small -PassThru).Added"));
        Assert.Equal([5, 6, 7, 8, 9], Run("Pop-ConsulMqItem small -All | ForEach-Object Body"));
    }

    [Fact]
    public void An_import_that_waits_goes_on_when_there_is_room()
    {
        var connection = Assert.Single(Run("Get-ConsulMqConnection"));
        using var shell = Session.CreateShell();
        shell.AddScript("(Import-ConsulMqQueue -LiteralPath 'jobs[1].jsonl' small -Wait -PassThru).Added");
        var running = shell.BeginInvoke();

        using var other = new ModuleRunspace();
        var taken = other.Run("param($c) Pop-ConsulMqItem small -Count 9 -Wait -Timeout 30s -Connection $c | ForEach-Object Body", new Dictionary<string, object> { ["c"] = connection });

        Assert.Equal([9L], shell.EndInvoke(running).Select(static o => o.BaseObject));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], taken.Output.Select(static o => o.BaseObject));
    }

    [Fact]
    public void A_timeout_is_not_negative() =>
        Assert.Equal("InvalidTimeout,ConsulMq.Commands.ImportQueueCommand", Fail("$ErrorActionPreference = 'Continue'; Import-ConsulMqQueue 'jobs*' -Timeout -1").FullyQualifiedErrorId);
}
