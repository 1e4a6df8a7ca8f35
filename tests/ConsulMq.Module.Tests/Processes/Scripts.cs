namespace ConsulMq.Module.Tests.Processes;

/// <summary>What workers do in several tests.</summary>
internal static class Scripts
{
    /// <summary>
    /// Pushes <c>NAME:1</c> to <c>NAME:COUNT</c> through one pipeline and says which came back. With some hundred bytes besides: of bare numbers, two or
    /// three pages of the log hold 20,000, and how far a consumer strays from the order could not be seen.
    /// </summary>
    public const string Produce =
        """1..$Count | ForEach-Object { "${Name}:$_" } | Push-ConsulMqItem jobs -Header @{ padding = 'x' * 400 } | ForEach-Object { $lines.WriteLine($_.Body) }""";

    /// <summary>Pushes 1, 2, 3 and so on through one pipeline, at a pace that others can keep, until it is asked to stop, and says which came back.</summary>
    public const string ProduceUntilStopped =
        """
        & {
            for ($number = 1; -not [IO.File]::Exists($stop); $number++) {
                "$number"
                if ($number % 5 -eq 0) { [Threading.Thread]::Sleep(1) }
            }
        } | Push-ConsulMqItem jobs | ForEach-Object { $lines.WriteLine($_.Body) }
        """;

    /// <summary>Pops up to so many at a time, waiting for them, until it is asked to stop and there are no more.</summary>
    public const string Consume =
        """
        do {
            $stopped = [IO.File]::Exists($stop)
            $got = 0
            Pop-ConsulMqItem jobs -Count $Count -Wait -Timeout 500ms | ForEach-Object { $got++; $lines.WriteLine($_.Body) }
        } until ($stopped -and $got -eq 0)
        """;

    /// <summary>Pops all that is there through one pipeline.</summary>
    public const string Drain = "Pop-ConsulMqItem jobs -All | ForEach-Object { $lines.WriteLine($_.Body) }";

    /// <summary>Waits for one message, and says 'waiting' first. What it says in the end is what it was given, if Ctrl-C came just then.</summary>
    public const string WaitForOne =
        """
        try {
            Pop-ConsulMqItem jobs -Wait -OutVariable given -Verbose 4>&1 | ForEach-Object {
                if ($_ -is [Management.Automation.VerboseRecord] -and $_.Message -like '*is empty; waiting*') { $lines.WriteLine('waiting') }
            }
        } finally {
            foreach ($item in $given) { if ($item -isnot [Management.Automation.VerboseRecord]) { $lines.WriteLine($item.Body) } }
        }
        """;

    /// <summary>Takes its time over each message. In the end it says how many it was given, whether it came to work on the last one or not.</summary>
    public const string DrainSlowly =
        """
        try {
            Pop-ConsulMqItem jobs -All -OutVariable given | ForEach-Object { $lines.WriteLine($_.Body); [Threading.Thread]::Sleep(5) }
        } finally {
            $lines.WriteLine($given.Count)
        }
        """;

    /// <summary>
    /// Works on all there is until it is killed or interrupted, <c>$Count</c> at a time. Says <c>s ID BODY DELIVERIES TICKS</c> when it begins with a job, and
    /// <c>d ID TICKS</c> when the job is known to be completed. The poison job fails always.
    /// </summary>
    public const string WorkOn =
        """
        $null = Connect-ConsulMq $Address -Prefix $Prefix -Timeout $Patience -SessionTtl 10s
        $out = [IO.TextWriter]::Synchronized($lines)
        Invoke-ConsulMqWorker jobs -ThrottleLimit $Count -RetryDelay 100ms -Verbose {
            ($using:out).WriteLine("s $($_.Id) $($_.Body) $($_.DeliveryCount) $([DateTime]::UtcNow.Ticks)")
            if ($_.Body -eq 'poison') { throw 'cannot digest' }
            [Threading.Thread]::Sleep(5)
        } 2>$null 3>$null 4>&1 | ForEach-Object {
            if ("$_" -match '^Message (\S+) is done') { $out.WriteLine("d $($Matches[1]) $([DateTime]::UtcNow.Ticks)") }
        }
        """;

    /// <summary>Takes a message on a lease, says so, and does nothing with it.</summary>
    public const string LeaseAndHang =
        """
        $null = Connect-ConsulMq $Address -Prefix $Prefix -SessionTtl 12s
        $item = Pop-ConsulMqItem jobs -Lease -Wait
        $lines.WriteLine($item.Body)
        while ($true) { [Threading.Thread]::Sleep(100) }
        """;

    /// <summary>Works on messages, each of which takes until it is asked to stop.</summary>
    public const string WorkUntilStopped =
        """
        $out = [IO.TextWriter]::Synchronized($lines)
        Invoke-ConsulMqWorker jobs -ThrottleLimit $Count {
            ($using:out).WriteLine("began $($_.Body)")
            while (-not [IO.File]::Exists($using:stop)) { [Threading.Thread]::Sleep(5) }
            ($using:out).WriteLine("ended $($_.Body)")
        }
        """;

    /// <summary>Works on all there is and ends.</summary>
    public const string WorkUntilEmpty =
        """
        $out = [IO.TextWriter]::Synchronized($lines)
        Invoke-ConsulMqWorker jobs -ThrottleLimit $Count -StopWhenEmpty { ($using:out).WriteLine($_.Body); [Threading.Thread]::Sleep(2) }
        """;

    /// <summary>
    /// Connects anew and watches a queue, with checks that turn critical after a few seconds without news, says its node's ID and that of its check's service, and
    /// ends when it is asked to stop.
    /// </summary>
    public const string BeThere =
        """
        $factory = [ConsulMq.Commands.ConnectCommand].Assembly.GetType('ConsulMq.Session.ConnectionFactory')
        $settings = $factory.GetProperty('Settings').GetValue($null)
        [ConsulMq.ConnectionSettings].GetProperty('CheckTtl', [Reflection.BindingFlags] 'NonPublic, Instance').SetValue($settings, [TimeSpan] '00:00:05')
        $connection = Connect-ConsulMq $Address -Prefix $Prefix
        $check = Register-ConsulMqQueueCheck jobs -WarningDepth 1
        $lines.WriteLine($connection.NodeId)
        $lines.WriteLine($check.ServiceId)
        while (-not [IO.File]::Exists($stop)) { [Threading.Thread]::Sleep(20) }
        """;
}
