namespace ConsulMq.Session;

/// <summary>What a user gave to make a connection of, by parameter or variable, makes no sense. The text says what.</summary>
internal sealed class ConnectionSettingsException(ArgumentException inner) : Exception(Text(inner), inner)
{
    /// <summary>Without the name of a parameter that the user has never seen.</summary>
    private static string Text(ArgumentException inner)
    {
        var mark = inner.ParamName is null ? -1 : inner.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return Internal.PlainText.Shown(mark < 0 ? inner.Message : inner.Message.Substring(0, mark));
    }
}
