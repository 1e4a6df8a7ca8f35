using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace ConsulMq.ScriptHost;

/// <summary>Text out, and for confirmations a line in.</summary>
internal sealed class HostUserInterface(Display display) : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new HostRawUserInterface();

    public override bool SupportsVirtualTerminal => Display.ColoursOutput;

    public override void Write(string value) =>
        // Format views carry escape sequences whatever the host; taking them out is the host's part.
        display.Write(GetOutputString(value, SupportsVirtualTerminal));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => display.WriteError(value);

    public override void WriteWarningLine(string message) => display.WriteWarning(message);

    public override void WriteVerboseLine(string message) => display.WriteVerbose(message);

    public override void WriteDebugLine(string message) => display.WriteDebug(message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => display.WriteProgress(record);

    public override string ReadLine() => Console.In.ReadLine() ?? throw NoInput("a line of input");

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteLine(caption);
        WriteLine(message);
        while (true)
        {
            for (int i = 0; i < choices.Count; i++)
                Write($"[{Key(choices[i])}] {choices[i].Label.Replace("&", "")}{(i == defaultChoice ? " (default)" : "")}  ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            for (int i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(choices[i].Label.Replace("&", ""), StringComparison.OrdinalIgnoreCase))
                    return i;
            }
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw NoInput(string.Join(", ", descriptions.Select(d => d.Name)));

    public override SecureString ReadLineAsSecureString() => throw NoInput("a secret");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw NoInput("a credential");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw NoInput("a credential");

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&');
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1) : choice.Label;
    }

    private static PSInvalidOperationException NoInput(string what) => new($"The script asks for {what}, and nobody is there to answer.");
}
