namespace ConsulMq.Module.Tests.Cluster;

/// <summary>
/// What the processes at a cluster do, each at its queue <c>$queue</c>. They write their history to <c>$lines</c>, and every error that a user would see to a
/// file beside it.
/// </summary>
internal static class ClusterScripts
{
    // What an operation of unknown outcome did not say stays unsaid: every other error of a push or a completion means that it certainly did not happen.
    private const string Notes =
        """
        $place = @{ Operation = 0 }
        $complaints = [IO.StreamWriter]::new("$File.errors")
        $complaints.AutoFlush = $true
        function Call([string] $what) { $place.Operation++; Note "call $what" }
        function Note([string] $what) { $lines.WriteLine("$([Diagnostics.Stopwatch]::GetTimestamp()) $Name $($place.Operation) $what") }
        function IsUnknown($failure) { $failure.FullyQualifiedErrorId -like 'OutcomeUnknown*' }
        function Complain($failure) { $complaints.WriteLine("$([Diagnostics.Stopwatch]::GetTimestamp()) $($failure.FullyQualifiedErrorId) $($failure.Exception.Message)") }

        """;

    private const string Push =
        """
        # So that a page of the log holds some hundred messages, and not thousands.
        $padding = @{ padding = 'x' * 400 }
        for ($number = 0; -not [IO.File]::Exists($stop); [Threading.Thread]::Sleep($pause)) {
            $bodies = 1..$Count | ForEach-Object { "${Name}:$($number + $_)" }
            $number += $Count
            Call "push $bodies"
            $failures = @()
            try {
                $bodies | Push-ConsulMqItem $queue -Header $padding -ErrorAction SilentlyContinue -ErrorVariable failures | ForEach-Object { Note "ok $($_.Body)" }
            } catch {
                Complain $_
            }
            foreach ($failure in $failures) {
                Complain $failure
                if (-not (IsUnknown $failure) -and $failure.TargetObject) { Note "fail $($failure.TargetObject)" }
            }
            Note 'end'
        }
        """;

    private const string Pop =
        """
        do {
            $stopped = [IO.File]::Exists($stop)
            $got = 0
            Call "pop $Count"
            try {
                Pop-ConsulMqItem $queue -Count $Count -Wait -Timeout 1s | ForEach-Object { $got++; Note "ok $($_.Body)" }
                if ($got -eq 0) { Note 'ok' }
                Note 'end'
            } catch {
                Complain $_
                if (-not (IsUnknown $_)) { Note 'end' }
                $got = 1
            }
        } until ($stopped -and $got -eq 0)
        """;

    private const string Lease =
        """
        $null = Connect-ConsulMq $Address -Prefix $Prefix -Timeout $Patience -SessionTtl 10s
        function Finish([object[]] $items) {
            Call "complete $($items | ForEach-Object Body)"
            $failures = @()
            $failed = @{}
            try {
                $items | Complete-ConsulMqItem -ErrorAction SilentlyContinue -ErrorVariable failures
                foreach ($failure in $failures) {
                    Complain $failure
                    $body = $failure.TargetObject.Body
                    $failed[$body] = $true
                    if (-not (IsUnknown $failure)) { Note "fail $body" }
                }
                $done = $items | ForEach-Object Body | Where-Object { -not $failed[$_] }
                if ($done) { Note "ok $done" }
            } catch {
                Complain $_
            }
            Note 'end'
        }
        do {
            $stopped = [IO.File]::Exists($stop)
            $items = [Collections.Generic.List[object]]::new()
            $idle = $true
            Call "lease $Count"
            try {
                Pop-ConsulMqItem $queue -Lease -Count $Count -Wait -Timeout 1s | ForEach-Object {
                    # Its lease may end and it may come again while the others are waited for. An operation delivers a message once; the older lease is of no use.
                    $item = $_
                    if ($items.RemoveAll({ param($old) $old.Body -eq $item.Body })) { Note 'end'; Call "lease $Count" }
                    $items.Add($_)
                    Note "ok $($_.Body)"
                }
                if ($items.Count -eq 0) { Note 'ok' }
                Note 'end'
            } catch {
                Complain $_
                if (-not (IsUnknown $_)) { Note 'end' }
                $idle = $false
            }
            if ($items.Count -eq 0) { continue }
            $idle = $false
            if ($oneByOne) { foreach ($item in $items) { Finish $item } } else { Finish $items }
        } until ($stopped -and $idle)
        """;

    /// <summary>Pushes <c>$Count</c> at a time through a pipeline, all of which is one operation, until it is asked to stop.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="pause">How long it rests between them, in milliseconds.</param>
    public static string Producer(string queue, int pause) => $"$queue = '{queue}'; $pause = {pause}\n{Notes}{Push}";

    /// <summary>Pops up to <c>$Count</c> at a time until it is asked to stop and there are no more.</summary>
    /// <param name="queue">The queue.</param>
    public static string Consumer(string queue) => $"$queue = '{queue}'\n{Notes}{Pop}";

    /// <summary>Leases up to <c>$Count</c> at a time and completes them, until it is asked to stop and there are no more.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="oneByOne">Whether each is completed by itself; otherwise all of them go through one pipeline.</param>
    public static string Worker(string queue, bool oneByOne) => $"$queue = '{queue}'; $oneByOne = ${(oneByOne ? "true" : "false")}\n{Notes}{Lease}";
}
