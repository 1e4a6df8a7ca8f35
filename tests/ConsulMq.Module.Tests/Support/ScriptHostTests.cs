using System.Diagnostics;

namespace ConsulMq.Module.Tests.Support;

[Trait(TestedBuild.Trait, TestedBuild.Any)]
public sealed class ScriptHostTests
{
    [Theory]
    [InlineData("'text'; exit 7", 7)]
    [InlineData("throw 'no'", 1)]
    [InlineData("if ('x') { 'a command that fails does not fail the script'; Get-Module -Nope }", 0)]
    [InlineData("& dotnet --no-such-option; 'the end'", 0)]
    public async Task The_exit_code_is_the_script_s(string script, int exitCode)
    {
        using Process process = ScriptHostProcess.Start(script);

        await OutputOfAsync(process);

        Assert.Equal(exitCode, process.ExitCode);
    }

    [Fact]
    public async Task Arguments_bind_as_on_the_command_line_of_pwsh()
    {
        using Process process = ScriptHostProcess.Start(
            "param($Name, [int] $Count, [switch] $On, [switch] $Off) \"$Name $($Count + 1) $On $Off $args\"", "first", "-Count", "5", "-On", "-Off:$false", "-3", "rest");

        Assert.Equal("first 6 True False -3 rest", await OutputOfAsync(process));
    }

    [Fact]
    public async Task Objects_are_shown_in_their_views_also_when_exit_comes_at_once()
    {
        using Process process = ScriptHostProcess.Start("[pscustomobject] @{ First = 1; Second = 'two' }; exit 0");

        Assert.Equal(["First Second", "----- ------", "    1 two"], (await OutputOfAsync(process)).Split(Environment.NewLine).Select(line => line.TrimEnd()));
    }

    private static async Task<string> OutputOfAsync(Process process)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return output.Trim(Environment.NewLine.ToCharArray());
    }
}
