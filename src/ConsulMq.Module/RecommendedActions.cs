namespace ConsulMq;

/// <summary>What to do about an error where whoever met it knows nothing better, by its stable ID. Each ID has one.</summary>
internal static class RecommendedActions
{
    private static readonly Dictionary<string, string> Actions = new(StringComparer.Ordinal)
    {
        [nameof(ConsulMqError.ConsulUnreachable)] = "Check that Consul runs there, or name another address: Connect-ConsulMq -Address HOST:PORT.",
        [nameof(ConsulMqError.NoLeader)] = "Check that a majority of the Consul servers runs (consul operator raft list-peers), then try again.",
        [nameof(ConsulMqError.AclDenied)] = "Use a token that may do this: Connect-ConsulMq -Token.",
        [nameof(ConsulMqError.InvalidQueueName)] = "Take another name. Tab completes those of the queues that are there.",
        [nameof(ConsulMqError.QueueNotFound)] = "Get-ConsulMqQueue lists the queues that are there.",
        [nameof(ConsulMqError.MessageTooLarge)] = "Store the content elsewhere and push where it lies.",
        [nameof(ConsulMqError.QueueFull)] = "Pop some, wait for room (-Wait), or allow more (Set-ConsulMqQueue -MaxDepth).",
        [nameof(ConsulMqError.LeaseLost)] = "Take the message again (Pop-ConsulMqItem -Lease), if it is still there.",
        [nameof(ConsulMqError.ItemNotFound)] = "Get-ConsulMqIndex lists what is there.",
        [nameof(ConsulMqError.PositionOutOfRange)] = "Get-ConsulMqQueue tells how many messages there are, Get-ConsulMqIndex lists them.",
        [nameof(ConsulMqError.CorruptEntry)] = "Repair the key's value, or delete the key (consul kv delete).",
        [nameof(ConsulMqError.UnsupportedLayout)] = "Update the module: Update-Module ConsulMq.",
        [nameof(ConsulMqError.TlsFailure)] = "Check -Address, -CaCertificate, -ClientCertificate, -ClientKey and -TlsServerName of Connect-ConsulMq.",
        [nameof(ConsulMqError.Timeout)] = "Check the network and the Consul servers, or allow more time: Connect-ConsulMq -Timeout.",
        [nameof(ConsulMqError.OutcomeUnknown)] = "Look into the queue before you do it again.",
        [nameof(ConsulMqError.InvalidBody)] = "Push a string, bytes, a file (-Path), or an object that becomes JSON.",
        [nameof(ConsulMqError.InvalidReceiptHandle)] = "Pass ID, queue and receipt handle of the same leased message, as Pop-ConsulMqItem -Lease returned them.",
        [nameof(ConsulMqError.NotLeased)] = "Take messages with Pop-ConsulMqItem -Lease.",
        [nameof(ConsulMqError.InvalidDestination)] = "Name another -Destination.",
        [nameof(ConsulMqError.InvalidSetting)] = "Give a value that is in the range.",
        [nameof(ConsulMqError.InvalidThreshold)] = "Give a warning below what is critical, each longer or more than zero: -WarningDepth 100 -CriticalDepth 1000.",
        [nameof(ConsulMqError.QueueExists)] = "Change its settings with Set-ConsulMqQueue, or take another name.",
        [nameof(ConsulMqError.InvalidImportLine)] = "Import the file as it was exported: what is in the queue is not added again.",
        [nameof(ConsulMqError.ConsulError)] = "Check that it is Consul that answers there. If so, its log says more.",
        ["NotConnected"] = "Connect again: Connect-ConsulMq. Disconnect-ConsulMq goes back to what Consul's environment variables say.",
        ["ConnectionClosed"] = "Connect again: Connect-ConsulMq.",
        ["InvalidConnectionSettings"] = "Correct the parameter or the environment variable that the message names.",
        ["ConsulNotFound"] = "Name a consul program that runs on this machine with -Path.",
        ["DevAgentFailed"] = "Run that consul program yourself to see what it says: consul agent -dev.",
        ["DevAgentNotFound"] = "Start-ConsulMqDevAgent returns the agent, with its ProcessId; without one, Stop-ConsulMqDevAgent stops all of this session.",
        ["QueueCheckNotFound"] = "(Get-ConsulMqConnection).QueueChecks lists those that there are.",
        ["InvalidTimeToLive"] = "Give a time span such as 30s, 5m or 2h, or leave it out: then the message lives for ever.",
        ["InvalidDelay"] = "Give a time span such as 30s, 5m or 2h, or leave it out.",
        ["InvalidTimeout"] = "Give a time span such as 30s, 5m or 2h, or leave it out.",
        ["InvalidRetryDelay"] = "Give a time span such as 30s, 5m or 2h, or leave it out: then it is one second.",
        ["InvalidGracePeriod"] = "Give a time span such as 30s, 5m or 2h, or leave it out: then it is 30 seconds.",
        ["InvalidSessionTtl"] = "Give a time span such as 15s or 5m, or leave it out: then it is 15 seconds.",
        ["InvalidLeaseDuration"] = "Give 10s to 24h. Update-ConsulMqLease prolongs a lease.",
        ["InvalidHeader"] = "Give each header a name and a value: @{ trace = 'abc' }.",
        ["InvalidPattern"] = "Mend the expression, or leave -Regex out: then -Body is a pattern with wildcards.",
        ["RegexTimeout"] = "Say it more simply, or without -Regex.",
        ["PlaceConflict"] = "Leave one of them out.",
        ["DelayConflict"] = "Leave one of them out.",
        ["ContentTypeConflict"] = "Leave -ContentType out.",
        ["FileNotFound"] = "Check the path: Get-ChildItem shows what is there.",
        ["FileAccessDenied"] = "Check who may read and write there, or take another path.",
        ["FileError"] = "Check the disk and the path, then try again.",
        ["FileExists"] = "Name another file, or replace this one with -Force.",
        ["FileNotRenamed"] = "Rename the file yourself: it is all that is left of the message.",
        ["NotAFileSystemPath"] = "Name a path of the file system.",
        ["NotGzip"] = "Rename the file if it holds plain lines.",
        ["OutFileNotDirectory"] = "Name a directory that is there.",
        ["PathIsDirectory"] = "Name a file.",
        ["ItemFailed"] = "Mend the script block or the message. Dead letters are replayed by Move-ConsulMqItem.",
        ["ScriptExit"] = "The message is tried again. Let the block end, or throw, in place of exit.",
        ["ScriptStopped"] = "The message is back in the queue. Allow a longer -GracePeriod if blocks take their time.",
    };

    /// <summary>All IDs that have one.</summary>
    public static IReadOnlyCollection<string> Ids => Actions.Keys;

    /// <summary>What to do about an error with this ID.</summary>
    public static string Of(string id) => Actions.TryGetValue(id, out var action) ? action : "Get-Help about_ConsulMq tells more.";
}
