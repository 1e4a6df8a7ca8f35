using System.Management.Automation;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>What the build for Windows PowerShell cannot do it refuses in plain words; the other one can.</summary>
public sealed class UnsupportedTests() : CommandTests("")
{
    [Theory]
    [InlineData("Connect-ConsulMq unix:///no/such.sock -Timeout 1", "cannot connect to unix:// addresses")]
    [InlineData("Connect-ConsulMq https://127.0.0.1:1 -ClientCertificate no-such.pem -ClientKey no-such-key.pem -Timeout 1", "takes a client certificate as PFX only")]
    [InlineData("Connect-ConsulMq https://127.0.0.1:1 -TlsServerName elsewhere -Timeout 1", "a name other than the address's")]
    public void It_is_refused_in_plain_words(string script, string words)
    {
        ErrorRecord error;
        try
        {
            error = Assert.Single(Session.Run(script).Errors);
        }
        catch (RuntimeException e)
        {
            error = e.ErrorRecord;
        }

        Assert.Equal(TestedBuild.IsDesktop, error.FullyQualifiedErrorId.StartsWith("InvalidConnectionSettings,", StringComparison.Ordinal) && error.ToString().Contains(words, StringComparison.Ordinal));
        Assert.Equal(TestedBuild.IsDesktop, error.ToString().Contains("PowerShell 7", StringComparison.Ordinal));
    }
}
