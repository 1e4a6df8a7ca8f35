namespace ConsulMq.Commands;

/// <summary>What a pushed item becomes.</summary>
public enum BodyFormat
{
    /// <summary>A string is text, bytes are bytes, a file is its full path, a message of a queue goes on as it is, anything else becomes JSON.</summary>
    Auto,

    /// <summary>The text that PowerShell shows for it in a string.</summary>
    Text,

    /// <summary>JSON. A string has to be JSON already and is stored as the value it stands for.</summary>
    Json,

    /// <summary>PowerShell's own XML, which keeps types such as dates; it comes back as <c>Import-Clixml</c> would give it.</summary>
    CliXml,
}
