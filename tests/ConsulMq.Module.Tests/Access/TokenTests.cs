using System.Management.Automation;
using System.Text;
using ConsulMq.Module.Tests.Commands;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Access;

/// <summary>A token is where it belongs, and nowhere else: in no stream, no error, no object, whatever is read off it.</summary>
[Collection(LockedCollection.Name)]
public sealed class TokenTests(LockedConsul consul) : CommandTests("")
{
    private readonly string _folder = Directory.CreateTempSubdirectory("consulmq-token-").FullName;

    [Fact]
    public async Task A_crash_with_everything_switched_on_shows_no_token()
    {
        var token = await consul.TokenAsync(PolicyText.Of("operator").ToString());
        using var process = ScriptHostProcess.Start(
            """
            param($address, $ca, $certificate, $key)
            $token = [Console]::In.ReadLine()
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            Import-Module ConsulMq
            $c = Connect-ConsulMq $address -Token $token -CaCertificate $ca -ClientCertificate $certificate -ClientKey $key
            $null = 1..3 | Push-ConsulMqItem crash
            $c, (Get-ConsulMqNode), (Get-ConsulMqQueue crash), (Register-ConsulMqQueueCheck crash -CriticalDepth 5) | ForEach-Object { "$_"; [Management.Automation.PSSerializer]::Serialize($_, 6) }
            $c | Format-List * -Force | Out-Default
            $c.Consul | Format-List * -Force | Out-Default
            $c.Settings | Format-List * -Force | Out-Default
            try { Pop-ConsulMqItem 'a/b' } catch { "$_ $($_.Exception)" }
            Invoke-ConsulMqWorker crash -MaxItems 1 { throw 'out of the block' }
            foreach ($e in $Error) { [Console]::WriteLine($e.Exception.ToString()); $e | Format-List * -Force | Out-Default }
            $c.Dispose()
            Pop-ConsulMqItem crash -Connection $c
            throw [InvalidOperationException]::new('the end', $Error[0].Exception)
            """, consul.Address, consul.Certificates.Authority, consul.Client.Certificate, consul.Client.Key);
        await process.StandardInput.WriteLineAsync(token);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();

        Assert.Contains("the end", await errors, StringComparison.Ordinal);
        Assert.InRange(output.Length, 5_000, 5_000_000);
        Assert.False((output + await errors).Contains(token, StringComparison.OrdinalIgnoreCase), "The token is in the output of the process.");
        Assert.False((output + await errors).Contains(HexUtf16(token), StringComparison.OrdinalIgnoreCase), "The token is in the output of the process, in the form of a SecureString.");
    }

    [Theory]
    [InlineData("with a\nline")]
    [InlineData("with a blank")]
    [InlineData("with ü")]
    [InlineData("with\r\nX-Evil: 1")]
    public void A_token_that_is_none_is_refused_and_not_shown(string tail)
    {
        var token = Secrets.New();
        var error = Caught("param($token) Connect-ConsulMq 127.0.0.1:1 -Token $token", token + tail);

        Assert.StartsWith("InvalidConnectionSettings,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(token, Dump.Of(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:SECRET@127.0.0.1:1")]
    [InlineData("SECRET@127.0.0.1:1")]
    [InlineData("http://SECRET@127.0.0.1:1/?x")]
    [InlineData("ftp://user:SECRET@127.0.0.1:1")]
    [InlineData("http://127.0.0.1:1?token=SECRET")]
    [InlineData("127.0.0.1:1/?dc=x&token=SECRET")]
    public void An_address_with_a_secret_in_it_is_refused_and_not_shown(string address)
    {
        var secret = Secrets.New();
        var error = Caught("param($token) Connect-ConsulMq $token", address.Replace("SECRET", secret, StringComparison.Ordinal));

        Assert.StartsWith("InvalidConnectionSettings,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, Dump.Of(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$token")]
    [InlineData("([pscredential]::new('token', $secure))")]
    [InlineData("$secure")]
    public void A_token_is_taken_as_text_as_a_credential_and_as_a_secure_string(string form)
    {
        var result = Session.Run(
            $"param($token, $server) $secure = [securestring]::new(); foreach ($x in $token.ToCharArray()) {{ $secure.AppendChar($x) }}; $c = Connect-ConsulMq @server -Token {form}; [Management.Automation.PSSerializer]::Serialize($c, 6)",
            new Dictionary<string, object> { ["token"] = consul.MasterToken, ["server"] = consul.Parameters });

        Assert.Empty(result.Errors);
        Assert.DoesNotContain(consul.MasterToken, Assert.Single(result.Values).ToString()!, StringComparison.Ordinal);
        Assert.DoesNotContain(HexUtf16(consul.MasterToken), Assert.Single(result.Values).ToString()!, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_token_of_a_wrong_type_is_not_shown()
    {
        var secret = Secrets.New();
        var error = Caught("param($token) Connect-ConsulMq 127.0.0.1:1 -Token @{ a = $token }", secret);

        Assert.DoesNotContain(secret, Dump.Of(error), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_comes_from_a_file_and_that_others_can_read_it_is_a_warning()
    {
        var file = Write("token", consul.MasterToken + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            var warnings = ConnectBy(file).Warnings;
            // Windows has no such mode, and the build for Windows PowerShell does not look for one.
            Assert.Equal(!TestedBuild.IsDesktop, warnings.Any(warning => warning.Contains($"chmod 600 '{file}'", StringComparison.Ordinal)));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var result = ConnectBy(file);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task The_file_of_the_environment_is_looked_at_as_well()
    {
        if (OperatingSystem.IsWindows())
            return;
        var file = Write("token", consul.MasterToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        using var process = ScriptHostProcess.Start(
            """
            $env:CONSUL_HTTP_ADDR, $env:CONSUL_CACERT, $env:CONSUL_CLIENT_CERT, $env:CONSUL_CLIENT_KEY, $env:CONSUL_HTTP_TOKEN_FILE = $args
            Import-Module ConsulMq
            (Push-ConsulMqItem environment x).Body
            """, consul.Address, consul.Certificates.Authority, consul.Client.Certificate, consul.Client.Key, file);

        var output = process.StandardOutput.ReadToEndAsync();
        Assert.Equal(!TestedBuild.IsDesktop, (await process.StandardError.ReadToEndAsync()).Contains($"chmod 600 '{file}'", StringComparison.Ordinal));
        Assert.Equal("x", (await output).Trim());
    }

    [Fact]
    public void A_file_without_a_token_is_named()
    {
        foreach (var (file, words) in new[]
        {
            (Path.Combine(_folder, "none"), "cannot be read"),
            (Write("empty", " \n"), "is empty"),
            (_folder, "is a directory"),
            (Write("large", new string('x', 5000)), "has more than 4096 bytes"),
        })
        {
            var error = Caught("param($token) Connect-ConsulMq 127.0.0.1:1 -TokenFile $token", file);
            Assert.StartsWith("InvalidConnectionSettings,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains(file, error.ToString(), StringComparison.Ordinal);
            Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_of_something_else_is_not_quoted()
    {
        var secret = Secrets.New();
        var error = Caught("param($token) Connect-ConsulMq 127.0.0.1:1 -TokenFile $token", Write("several", $"{secret}\n{secret}\n"));

        Assert.DoesNotContain(secret, Dump.Of(error), StringComparison.Ordinal);
    }

    [Fact]
    public void The_search_for_secrets_bites()
    {
        var secrets = Directory.CreateDirectory(Path.Combine(_folder, "secrets")).FullName;
        var results = Directory.CreateDirectory(Path.Combine(_folder, "results", "deep", "er")).FullName;
        // Not one that the real search would look for.
        File.WriteAllText(Path.Combine(secrets, "1.txt"), "planted-secret-1\nplanted-secret-2\n");
        File.WriteAllText(Path.Combine(results, "clean.txt"), "planted-secret-3");
        var search = $"$f = & '{Path.Combine(Repository.Root, "tools", "search-secrets.ps1")}' '{secrets}' '{Path.Combine(_folder, "results")}'; $f.Secrets, $f.Files, $f.Bytes, @($f.Hits).Count; $f.Hits";

        Assert.Equal([2, 1, 16L, 0], Run(search));

        var dirty = Path.Combine(results, "dirty.trx");
        File.WriteAllText(dirty, "<x>\0 aplanted-secret-2b");
        Assert.Equal([2, 2, 16L + new FileInfo(dirty).Length, 1, dirty], Run(search));
    }

    [Fact]
    public void What_the_tests_run_is_kept_for_the_search()
    {
        var word = "kept-" + Guid.NewGuid().ToString("n");
        Session.Run($"'{word}-output'; Pop-ConsulMqItem jobs -Connection (Connect-ConsulMq -InMemory -DefaultQueue '{word}-object')");

        var kept = string.Concat(Directory.GetFiles(Path.Combine(Repository.Root, "out", "test-results", "streams"), $"{Environment.ProcessId}.txt").Select(static file =>
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        }));
        Assert.Contains(word + "-output", kept, StringComparison.Ordinal);
    }

    public override void Dispose()
    {
        Directory.Delete(_folder, true);
        base.Dispose();
    }

    /// <summary>How a SecureString is written where nothing encrypts it.</summary>
    private static string HexUtf16(string text) => Convert.ToHexString(Encoding.Unicode.GetBytes(text));

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private ScriptResult ConnectBy(string file) => Session.Run("param($server, $file) $null = Connect-ConsulMq @server -TokenFile $file", new Dictionary<string, object> { ["server"] = consul.Parameters, ["file"] = file });

    private ErrorRecord Caught(string script, string token)
    {
        try
        {
            return Assert.Single(Session.Run(script, new Dictionary<string, object> { ["token"] = token }).Errors);
        }
        catch (RuntimeException e)
        {
            return e.ErrorRecord;
        }
    }
}
