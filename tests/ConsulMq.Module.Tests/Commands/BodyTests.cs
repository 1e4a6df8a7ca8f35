using System.Collections;
using System.Management.Automation;
using System.Numerics;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What goes in comes out, in this process and through a real Consul.</summary>
public abstract class BodyTests(string connect) : CommandTests(connect)
{
    private const string Roundtrip = "param($body) $null = Push-ConsulMqItem jobs -InputObject $body; ,(Pop-ConsulMqItem jobs).Body";
    private const string InsideJson = "param($body) $null = Push-ConsulMqItem jobs -InputObject @{ value = $body }; ,(Pop-ConsulMqItem jobs).Body.value";

    private static readonly string[] Strings =
    [
        "", " ", "\0", "\n", "\r\n", "\t\u001b[31m\u007f\u0085", "\"\\/{}[],:'<>&+", "null", "{\"a\":1}", "2026-01-02T03:04:05Z",
        "é e\u0301 ß İ", "日本語", "😀👩‍👩‍👧‍👦🏳️‍🌈", "\u202eabc\u2066", "\ufeffbom", "\ufffe\uffff", "\ud800", "\udc00", "a\ud83d", "\ud83dz\ude00", "\ude00\ud83d", new('x', 100_000), new('é', 50_000),
    ];

    [Fact]
    public void Every_string_comes_back()
    {
        foreach (var text in Strings)
        {
            Assert.Equal([text], Run(Roundtrip, With(text)), Ordinal);
            Assert.Equal([text], Run(InsideJson, With(text)), Ordinal);
        }
    }

    [Fact]
    public void Random_strings_come_back()
    {
        var random = new Random(4711);
        var texts = Enumerable.Range(0, 500).Select(_ => new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(3) == 0 ? (char)random.Next(0xd7f0, 0xe010) : (char)random.Next(0x10000))])).ToArray();

        Assert.Equal(texts, Run("$null = $input | Push-ConsulMqItem jobs; Pop-ConsulMqItem jobs -All | ForEach-Object Body", texts), Ordinal);
        Assert.Equal(texts, Run("$null = $input | ForEach-Object { @{ value = $_ } } | Push-ConsulMqItem jobs; Pop-ConsulMqItem jobs -All | ForEach-Object { $_.Body.value }", texts), Ordinal);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 1, 2, 255 })]
    public void Bytes_come_back(byte[] bytes)
    {
        Assert.Equal(bytes, Assert.IsType<byte[]>(Assert.Single(Run(Roundtrip, With(bytes)))));
        Assert.Equal(["application/octet-stream", bytes.Length], Run("param($body) ,$body | Push-ConsulMqItem jobs | ForEach-Object { $_.ContentType, $_.Size }", With(bytes)));
    }

    [Fact]
    public void Numbers_keep_their_digits_and_their_type_as_far_as_JSON_tells_it()
    {
        object[] numbers = [0, 1, -1, int.MinValue, long.MaxValue, BigInteger.Pow(10, 30), 1.5, 1.0, -0.0, 0.1 + 0.2, double.Epsilon, double.MaxValue, 1e21, 0.1234567890123456789012345m];

        foreach (var number in numbers)
        {
            var back = Assert.Single(Run(Roundtrip, With(number)));
            Assert.Equal(number, back);
            Assert.IsType(number.GetType(), back);
        }

        Assert.Equal(new BigInteger(ulong.MaxValue), Assert.Single(Run(Roundtrip, With(ulong.MaxValue))));
        Assert.Equal(double.NegativeInfinity, 1 / (double)Assert.Single(Run(Roundtrip, With(-0.0))));
    }

    [Theory]
    [InlineData("$true", "true")]
    [InlineData("[ordered]@{ b = 1; a = @(1, $null, 'x'); c = @{} }", "{\"b\":1,\"a\":[1,null,\"x\"],\"c\":{}}")]
    [InlineData("[pscustomobject]@{ A = [pscustomobject]@{ B = $null } }", "{\"A\":{\"B\":null}}")]
    [InlineData("@(@(), @(1))", "[[],[1]]")]
    [InlineData("@{ d = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) }", "{\"d\":\"2026-01-02T03:04:05.0000000Z\"}")]
    [InlineData("@{ d = [datetimeoffset]::new(2026, 1, 2, 3, 4, 5, [timespan]'02:00') }", "{\"d\":\"2026-01-02T03:04:05.0000000+02:00\"}")]
    [InlineData("@{ e = [DayOfWeek]::Friday }", "{\"e\":\"Friday\"}")]
    [InlineData("@{ g = [guid]'0a0b0c0d-0000-0000-0000-000000000001' }", "{\"g\":\"0a0b0c0d-0000-0000-0000-000000000001\"}")]
    [InlineData("@{ u = [uri]'http://x/ä?b' }", "{\"u\":\"http://x/ä?b\"}")]
    [InlineData("@{ t = [timespan]'1.02:03:04'; v = [version]'1.2'; c = [char]'x' }.Values | ForEach-Object { @{ v = $_ } } | Where-Object { $_.v -is [version] }", "{\"v\":\"1.2\"}")]
    [InlineData("@{ 1 = 'number as key' }", "{\"1\":\"number as key\"}")]
    [InlineData("@{ n = [DBNull]::Value; s = [switch]$true }.s", "true")]
    [InlineData("[float]0.1", "0.1")]
    [InlineData("@{ b = [byte[]](1, 2) }", "{\"b\":[1,2]}")]
    public void Objects_become_JSON(string expression, string json) =>
        Assert.Equal([json], Run($"$null = Push-ConsulMqItem jobs -InputObject ({expression}); [Text.Encoding]::UTF8.GetString((Pop-ConsulMqItem jobs).RawBody)"));

    [Fact]
    public void JSON_becomes_objects_that_lose_nothing()
    {
        Assert.Equal([1, "x", true], Run("$null = [pscustomobject]@{ n = 1; list = 'x', $null } | Push-ConsulMqItem jobs; $b = (Pop-ConsulMqItem jobs).Body; $b.n, $b.list[0], ($b.list.Count -eq 2 -and $null -eq $b.list[1])"));
        Assert.Equal([1, 2, 3], Run("$null = Push-ConsulMqItem jobs '{\"a\":1,\"A\":2,\"\":3}' -As Json; $b = (Pop-ConsulMqItem jobs).Body; $b['a'], $b['A'], $b['']"));
        Assert.Equal(["x"], Run("$null = Push-ConsulMqItem jobs '{\"psbase\":\"x\"}' -As Json; (Pop-ConsulMqItem jobs).Body['psbase']"));
        Assert.Equal([true], Run("$null = Push-ConsulMqItem jobs 'null' -As Json; $null -eq (Pop-ConsulMqItem jobs).Body"));
    }

    [Fact]
    public void Text_with_properties_as_of_Get_Content_is_text()
    {
        Assert.Equal(["line", "text/plain; charset=utf-8"], Run("$null = 'line' | ForEach-Object { $_.psobject.Properties.Add([psnoteproperty]::new('PSPath', 'x')); $_ } | Push-ConsulMqItem jobs; $m = Pop-ConsulMqItem jobs; $m.Body, $m.ContentType"));
    }

    [Fact]
    public void A_file_is_its_path()
    {
        var file = typeof(BodyTests).Assembly.Location;

        Assert.Equal([file, file], Run("param($body) $null = [IO.FileInfo]$body, @{ f = [IO.FileInfo]$body } | Push-ConsulMqItem jobs; (Pop-ConsulMqItem jobs).Body; (Pop-ConsulMqItem jobs).Body.f", With(file)));
    }

    [Fact]
    public void CliXml_keeps_types() => Assert.Equal([new DateTime(2026, 1, 2), TimeSpan.FromHours(1), typeof(Hashtable)],
        Run("$null = @{ d = [datetime]'2026-01-02'; t = [timespan]'01:00' } | Push-ConsulMqItem jobs -As CliXml; $b = (Pop-ConsulMqItem jobs).Body; $b.d, $b.t, $b.GetType()"));

    [Fact]
    public void As_decides_what_an_item_becomes()
    {
        Assert.Equal(["1.5"], Run("$null = 1.5 | Push-ConsulMqItem jobs -As Text; (Pop-ConsulMqItem jobs).Body"));
        Assert.Equal([1], Run("$null = \"{ `n 'x' : 1 }\".Replace(\"'\", '\"') | Push-ConsulMqItem jobs -As Json; (Pop-ConsulMqItem jobs).Body.x"));
        Assert.Equal("InvalidBody,ConsulMq.Commands.PushItemCommand", Fail("'{' | Push-ConsulMqItem jobs -As Json").FullyQualifiedErrorId);
    }

    private static readonly IEqualityComparer<object> Ordinal = EqualityComparer<object>.Create(static (a, b) => string.Equals((string?)a, (string?)b, StringComparison.Ordinal));

    private static Dictionary<string, object> With(object body) => new() { ["body"] = body };
}

public sealed class BodiesInMemory() : BodyTests(InMemory)
{
    [Theory]
    [InlineData("$null", "$null cannot be pushed")]
    [InlineData("& { $h = @{}; $h.a = @{ b = @(1, $h) }; $h }", ".a.b[1] holds itself")]
    [InlineData("& { $o = [pscustomobject]@{ me = $null }; $o.me = $o; $o }", ".me holds itself")]
    [InlineData("& { $a = @(1); foreach ($i in 1..20) { $a = ,$a }; ,$a }", "nested more than 16 deep")]
    [InlineData("[double]::NaN", "NaN")]
    [InlineData("@{ a = @{ s = [securestring]::new() } }", ".a.s is a SecureString")]
    [InlineData("[IO.MemoryStream]::new()", "stream")]
    public void What_cannot_be_stored_is_an_error_of_its_own_and_the_rest_goes_on(string bad, string message)
    {
        var result = Session.Run($"'before', ({bad}), 'after' | Push-ConsulMqItem jobs | ForEach-Object Body");

        var error = Assert.Single(result.Errors);
        Assert.Equal("InvalidBody,ConsulMq.Commands.PushItemCommand", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Equal(["before", "after"], result.Values);
        Assert.Equal(["before", "after"], Run("Pop-ConsulMqItem jobs -All | ForEach-Object Body"));
    }

    [Fact]
    public void Depth_can_be_raised() =>
        Assert.Equal([21], Run("$a = @(1); foreach ($i in 1..20) { $a = ,$a }; $null = Push-ConsulMqItem jobs -InputObject $a -Depth 21; $b = ,(Pop-ConsulMqItem jobs).Body; $n = 0; $b = $b[0]; while ($b -is [array]) { $b = $b[0]; $n++ }; $n"));

    [Fact]
    public void A_message_over_the_limit_is_an_error_of_its_own_and_the_rest_goes_on()
    {
        var result = Session.Run("$null = New-ConsulMqQueue jobs -MaxBodySize 1MB; 'before', ('x' * 2MB), 'after' | Push-ConsulMqItem jobs | ForEach-Object Body");

        Assert.Equal("MessageTooLarge,ConsulMq.Commands.PushItemCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal(["before", "after"], result.Values);
    }

    [Theory]
    [InlineData("[securestring]::new()")]
    [InlineData("[pscredential]::new('me', [securestring]::new())")]
    [InlineData("@{ a = @{ login = [pscredential]::new('me', [securestring]::new()) } }")]
    public void A_secret_is_refused_and_none_is_told_to_take_a_form_that_shows_it(string item)
    {
        foreach (var form in OperatingSystem.IsWindows() ? new[] { "Auto", "Json" } : ["Auto", "Json", "CliXml"])
        {
            var error = Fail($"Push-ConsulMqItem jobs -As {form} -InputObject ({item})");
            Assert.StartsWith("InvalidBody,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("SecureString", error.Exception.Message, StringComparison.Ordinal);
            Assert.Contains("let the worker fetch it", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.DoesNotContain("keep PowerShell's types", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(Run("Get-ConsulMqQueue"));
    }

    [Fact]
    public void Text_that_looks_like_a_secret_in_CliXml_is_text() =>
        Assert.Equal(["<SS>x</SS>"], Run("$null = Push-ConsulMqItem jobs '<SS>x</SS>' -As CliXml; (Pop-ConsulMqItem jobs).Body"));
}

public sealed class BodiesOnConsul(ConsulFixture consul) : BodyTests(To(consul)), IClassFixture<ConsulFixture>;
