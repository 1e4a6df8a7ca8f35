using ConsulMq.Module.Tests.Commands;

namespace ConsulMq.Module.Tests.Watching;

public sealed class WatchViewTests() : CommandTests(InMemory)
{
    private const string Queue = """
        function Queue($name, $depth = 1) {
            $q = [Activator]::CreateInstance([ConsulMq.ConsulMqQueue])
            $values = @{ Name = $name; Depth = $depth; Bytes = 2048; InFlight = 2; Scheduled = 3; Dead = 4; PushRate = 1.25; PopRate = 12000.0; OldestAt = [datetimeoffset]'2026-01-01T11:59:55Z' }
            foreach ($key in $values.Keys) { [ConsulMq.ConsulMqQueue].GetProperty($key).SetValue($q, [System.Management.Automation.LanguagePrimitives]::ConvertTo($values[$key], [ConsulMq.ConsulMqQueue].GetProperty($key).PropertyType)) }
            $q
        }
        """;

    /// <summary>The lines for these queues at noon.</summary>
    private List<string> Lines(string queues, string trouble = "$null", int height = 24, int width = 80) =>
        [.. Run($"{Queue}\n[ConsulMq.Watching.WatchView]::Lines('http://consul.example:8500 (consulmq)', [ConsulMq.ConsulMqQueue[]]@({queues}), {trouble}, [datetimeoffset]'2026-01-01T12:00:00Z', {width}, {height})").Cast<string>()];

    [Fact]
    public void A_row_has_all_figures_within_80_columns()
    {
        var lines = Lines("(Queue jobs 12345)");

        Assert.Equal(["jobs", "12345", "2", "3", "4", "1.3", "12k", "2.0", "KiB", "5s"], lines[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["Name", "Ready", "Flight", "Sched", "Dead", "In/s", "Out/s", "Size", "Oldest"], lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 79));
        Assert.StartsWith("Queues at http://consul.example:8500 (consulmq), ", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_cut_and_cannot_command_the_terminal()
    {
        var lines = Lines("(Queue ('n' * 200)), (Queue \"a`e[31mb$([char]0x202e)\")", "\"trouble`e[2J$('x' * 200)\"");

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 79));
        Assert.DoesNotContain('\u001b', string.Concat(lines));
        Assert.StartsWith("! trouble", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Wide_characters_and_marks_move_no_figure_and_make_no_line_longer_than_the_screen()
    {
        var lines = Lines("(Queue jobs), (Queue 'キュー'), (Queue ('名前🚀' * 20)), (Queue \"e`u{301}te`u{301}\"), (Queue ('e' + \"`u{301}\" * 100))");

        Assert.All(lines[4..8], row => Assert.EndsWith(lines[4][^60..], row, StringComparison.Ordinal));
        // What a terminal shows of each name, 20 cells wide at most.
        var room = lines[4].IndexOf(" 1 ", StringComparison.Ordinal) - "jobs".Length;
        Assert.Equal(["jobs", "キュー", "名前🚀名前🚀名前🚀…", "e\u0301te\u0301"], lines[4..8].Select(row => row[..row.IndexOf(" 1 ", StringComparison.Ordinal)].TrimEnd()));
        Assert.Equal(room - 2, lines[5].IndexOf(" 1 ", StringComparison.Ordinal) - "キュー".Length);
    }

    [Theory]
    [InlineData(24, 60)]
    [InlineData(24, 30)]
    [InlineData(24, 5)]
    [InlineData(5, 80)]
    [InlineData(2, 80)]
    public void A_small_screen_gets_no_more_than_it_holds(int height, int width)
    {
        var lines = Lines("1..9 | ForEach-Object { Queue \"queue-$_\" }", $"'{new string('x', 100)}'", height, width);

        Assert.InRange(lines.Count, 1, height - 1);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width - 1));
    }

    [Fact]
    public void What_a_narrow_screen_has_no_room_for_is_left_out_and_not_cut()
    {
        var lines = Lines("(Queue jobs 12345)", width: 50);

        Assert.Equal(["Name", "Ready", "Flight", "Sched", "Dead", "In/s"], lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["jobs", "12345", "2", "3", "4", "1.3"], lines[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void What_does_not_fit_the_screen_is_counted()
    {
        var lines = Lines("0..99 | ForEach-Object { Queue \"q$_\" }", "'away'");

        Assert.InRange(lines.Count, 10, 23);
        Assert.Equal("... and 83 more", lines[^2]);
    }

    [Fact]
    public void It_says_that_there_is_nothing_yet() => Assert.Equal("There is no such queue yet.", Lines("")[^1]);

    [Theory]
    [InlineData("Test-Alone", true)]
    [InlineData("if ($true) { Test-Alone }", true)]
    [InlineData("$x = Test-Alone; $x", false)]
    [InlineData("(Test-Alone)", false)]
    [InlineData("Test-Alone | ForEach-Object { $_ }", false)]
    [InlineData("Test-Alone 2>&1", false)]
    [InlineData("@(Test-Alone)[0]", false)]
    public void A_command_knows_whether_its_output_goes_to_the_screen(string script, bool alone)
    {
        Run("function global:Test-Alone { [CmdletBinding()] param() [ConsulMq.Watching.Caller]::StandsAlone($MyInvocation) }");

        Assert.Equal([alone], Run(script));
    }
}
