namespace ConsulMq.Module.Tests.Commands;

public sealed class FormatTests() : CommandTests(InMemory)
{
    [Theory]
    [InlineData("Size(0)", "0 B")]
    [InlineData("Size(999)", "999 B")]
    [InlineData("Size(1000)", "1.0 KiB")]
    [InlineData("Size(1536)", "1.5 KiB")]
    [InlineData("Size(10240)", "10 KiB")]
    [InlineData("Size(1MB)", "1.0 MiB")]
    [InlineData("Size([long]::MaxValue)", "8388608 TiB")]
    [InlineData("Duration([timespan]'-00:05')", "0s")]
    [InlineData("Duration([timespan]'00:01:39')", "99s")]
    [InlineData("Duration([timespan]'00:01:40')", "1m")]
    [InlineData("Duration([timespan]'01:00')", "60m")]
    [InlineData("Duration([timespan]'1.23:00')", "47h")]
    [InlineData("Duration([timespan]'9.23:00')", "9d")]
    [InlineData("Duration($null)", "")]
    [InlineData("Rate($null)", "")]
    [InlineData("Rate(0.04)", "0")]
    [InlineData("Rate(3.21)", "3.2")]
    [InlineData("Rate(480.4)", "480")]
    [InlineData("Rate(12345)", "12k")]
    [InlineData("Left($null)", "")]
    [InlineData("Left([datetimeoffset]::UtcNow.AddSeconds(-1))", "expired")]
    [InlineData("Left([datetimeoffset]::UtcNow.AddMinutes(10))", "10m")]
    [InlineData("Left([datetimeoffset]::UtcNow.AddHours(3))", "3h")]
    [InlineData("OneLine(\"a`e[31m`r`n`t\", 40)", "a␛[31m␍␊␉")]
    [InlineData("OneLine(\"a$([char]0x9b)$([char]0x202e)b$([char]0xd800)\", 40)", "a\ufffd\ufffdb\ufffd")]
    [InlineData("OneLine('abcdef', 5)", "abcd…")]
    public void A_column_shows(string call, string text) => Assert.Equal([text], Run("[ConsulMq.Format]::" + call));

    [Theory]
    [InlineData("\"one`ntwo`e[0m\"", "one␊two␛[0m")]
    [InlineData("''", "")]
    [InlineData("@{ a = 'é😀' }", "{\"a\":\"é\\uD83D\\uDE00\"}")]
    [InlineData("[byte[]](0, 1, 255)", "00 01 ff")]
    public void A_body_s_start_shows_on_one_line(string body, string text) => Assert.Equal([text], Run($"(Push-ConsulMqItem jobs -InputObject ({body})).Preview"));

    [Fact]
    public async Task The_table_fits_in_80_columns()
    {
        using var process = ScriptHostProcess.Start("Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory; Push-ConsulMqItem jobs ('x' * 200) -Tag one, two, three -TimeToLive 1h; Push-ConsulMqItem jobs \"a`e[31mb`nc\"");

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["Id", "Age", "Size", "Del", "Tags", "Body"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.DoesNotContain('\u001b', string.Concat(lines[2..]));
        Assert.EndsWith("a␛[31mb␊c", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_s_table_fits_in_80_columns()
    {
        using var process = ScriptHostProcess.Start("Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory; New-ConsulMqQueue ('n' * 32) -TimeToLive 7d -MaxDepth 1000");

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["Name", "Depth", "Flight", "Sched", "Dead", "In/s", "Out/s", "Size", "Oldest"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public async Task An_import_fits_in_80_columns()
    {
        using var process = ScriptHostProcess.Start(
            "Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory; $f = \"$([IO.Path]::GetTempPath())$([guid]::NewGuid()).jsonl\"; $null = [IO.File]::Create($f).Dispose(); Import-ConsulMqQueue $f ('n' * 32) -PassThru; [IO.File]::Delete($f)");

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["Queue", "Lines", "Added", "Skipped", "Expired", "File"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public async Task A_lease_fits_in_80_columns()
    {
        using var process = ScriptHostProcess.Start("Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory; $null = 'x' | Push-ConsulMqItem jobs; Pop-ConsulMqItem jobs -LeaseDuration 10m | Update-ConsulMqLease");

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["Id", "Queue", "Duration", "Left", "Handle"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public async Task A_message_s_own_lease_shows_no_empty_columns()
    {
        using var process = ScriptHostProcess.Start("Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory; $null = 'x' | Push-ConsulMqItem jobs; (Pop-ConsulMqItem jobs -LeaseDuration 10m).Lease");

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["Duration", "Left", "Holder", "Handle"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["10m", "10m"], lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Theory]
    [InlineData("Get-ConsulMqNode", "Host,Process,User,Queue,Status,Age")]
    [InlineData("Register-ConsulMqQueueCheck ('n' * 60) -WarningDepth 1", "Queue,Status,Output")]
    public async Task Who_is_connected_and_what_is_watched_fits_in_80_columns(string command, string columns)
    {
        using var process = ScriptHostProcess.Start("Import-Module ConsulMq; $null = Connect-ConsulMq -InMemory -DefaultQueue ('q' * 40); " + command);

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(columns.Split(','), lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }
}
