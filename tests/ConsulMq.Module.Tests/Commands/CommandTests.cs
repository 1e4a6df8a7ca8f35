using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Module.Tests.Commands;

/// <summary>A session that is connected, for tests of what a user types.</summary>
public abstract class CommandTests : IDisposable
{
    /// <summary>Connects to a Consul inside this process.</summary>
    protected const string InMemory = "Connect-ConsulMq -InMemory";

    protected CommandTests(string connect)
    {
        Session = new ModuleRunspace();
        Session.Run("$ErrorActionPreference = 'Stop'; " + connect);
    }

    public ModuleRunspace Session { get; }

    /// <summary>Connects to a real one, under a prefix that no other test has.</summary>
    protected static string To(TestSupport.ConsulFixture consul) => $"Connect-ConsulMq '{consul.Address}' -Prefix '{TestSupport.ConsulFixture.NewPrefix()}'";

    /// <summary>Runs a script that is not to write any error, and gives what it returns.</summary>
    protected object[] Run(string script, params object[] input)
    {
        var result = Session.Run(script, null, input.Length > 0 ? input : null);
        Assert.Empty(result.Errors.Select(e => e.ToString()));
        return [.. result.Output.Select(o => o is null ? null! : o.BaseObject is PSCustomObject ? o : o.BaseObject)];
    }

    /// <summary>Runs a script with parameters that is not to write any error.</summary>
    protected object[] Run(string script, IDictionary parameters)
    {
        var result = Session.Run(script, parameters);
        Assert.Empty(result.Errors.Select(e => e.ToString()));
        return [.. result.Output.Select(o => o is null ? null! : o.BaseObject)];
    }

    /// <summary>Runs a script that writes exactly one error.</summary>
    protected ErrorRecord Fail(string script, IDictionary? parameters = null) => Assert.Single(Session.Run(script, parameters).Errors);

    public virtual void Dispose()
    {
        Session.Dispose();
        GC.SuppressFinalize(this);
    }
}
