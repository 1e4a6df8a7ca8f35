using System.Collections;
using System.Management.Automation;

namespace ConsulMq.Commands;

/// <content>What the parameters must be, before the first item comes.</content>
public sealed partial class PushItemCommand
{
    /// <summary>How far a moment may be in the past and mean "now": clocks differ, and a script takes a while from naming it to here.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private void Validate()
    {
        if (TimeToLive <= TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of("InvalidTimeToLive", ErrorCategory.InvalidArgument, "-TimeToLive has to be longer than zero.", TimeToLive));
        if (First && Position is not null)
            ThrowTerminatingError(ErrorRecords.Of("PlaceConflict", ErrorCategory.InvalidArgument, "-First is -Position 0, and both are given.", Position, action: "Leave one of them out."));
        if ((First || Position is not null) && (Delay is not null || NotBefore is not null))
            ThrowTerminatingError(ErrorRecords.Of("PlaceConflict", ErrorCategory.InvalidArgument, "A message that comes later goes to the end of the queue: -First and -Position cannot be combined with -Delay or -NotBefore.", Queue, action: "Leave one of them out."));
        ValidateDelay();
        if (Timeout < TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of("InvalidTimeout", ErrorCategory.InvalidArgument, "-Timeout cannot be negative.", Timeout, action: "Leave it out to wait for ever."));
        if (As == BodyFormat.CliXml && ContentType is not null)
            ThrowTerminatingError(ErrorRecords.Of("ContentTypeConflict", ErrorCategory.InvalidArgument, "-As CliXml sets the content type itself, so that the body can be read back.", ContentType, action: "Leave -ContentType out."));
    }

    private void ValidateDelay()
    {
        var now = Link.Settings.Clock.UtcNow;
        if (Delay is not null && NotBefore is not null)
            ThrowTerminatingError(ErrorRecords.Of("DelayConflict", ErrorCategory.InvalidArgument, "-Delay and -NotBefore say the same in two ways.", NotBefore, action: "Leave one of them out."));
        if (Delay < TimeSpan.Zero)
            ThrowTerminatingError(ErrorRecords.Of("InvalidDelay", ErrorCategory.InvalidArgument, "-Delay must not be negative.", Delay, action: "Leave it out to push at once."));
        // A pipeline may take days, and what comes at its end is delayed from then on.
        if (Delay > DateTimeOffset.MaxValue - now - TimeSpan.FromDays(366))
            ThrowTerminatingError(ErrorRecords.Of("InvalidDelay", ErrorCategory.InvalidArgument, "-Delay goes beyond the end of time.", Delay));
        if (NotBefore < now - Tolerance)
            ThrowTerminatingError(ErrorRecords.Of("InvalidDelay", ErrorCategory.InvalidArgument, $"-NotBefore {NotBefore:u} is in the past; it is {now:u} now.", NotBefore, action: "Leave it out to push at once."));
    }

    private Dictionary<string, string> Headers(IDictionary given)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in given)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (entry.Value is null || name.Length == 0)
                ThrowTerminatingError(ErrorRecords.Of("InvalidHeader", ErrorCategory.InvalidArgument, $"Header '{Format.OneLine(name)}' has no {(name.Length == 0 ? "name" : "value")}.", given));
            headers[name] = LanguagePrimitives.ConvertTo<string>(entry.Value);
        }

        return headers;
    }
}
