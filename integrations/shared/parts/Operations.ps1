# The operations: each returns how many messages it was about and the messages, if it has them. A part of Invoke-ConsulMqStep.ps1.

function Invoke-StepOperation([hashtable] $step) {
    $common = @{ ErrorAction = 'Stop'; WarningAction = 'SilentlyContinue' }
    switch ($step.operation) {
        'push' { $messages = @(Push-StepMessage $step $common) }
        'peek' { $messages = @(Get-ConsulMqItem -Queue $step.queue -Count (Get-StepCount $step) @common) }
        'count' { return @{ Count = Get-StepDepth $step; Messages = @() } }
        { $_ -in 'pop', 'lease' } { $messages = @(Pop-StepMessage $step $common) }
        default {
            $settled = Invoke-StepSettlement $step $common
            return @{ Count = $settled.Count; Messages = @(); Settled = $settled }
        }
    }
    @{ Count = $messages.Count; Messages = $messages }
}

# By index: as a property, Count is the number of the inputs where 'count' is none of them.
function Get-StepCount([hashtable] $step) { if ($step['count']) { [int] $step['count'] } else { 1 } }

function Push-StepMessage([hashtable] $step, [hashtable] $common) {
    $how = @{}
    if ($step.delay) { $how.Delay = $step.delay }
    if ($step.wait) { $how.Timeout = $step.wait }
    if ($step['deduplication-id']) { $how.DeduplicationId = $step['deduplication-id'] }
    if ($step['body-file']) { $how.LiteralPath = $step['body-file'] } else { $how.InputObject = $step.body }
    Push-ConsulMqItem -Queue $step.queue @how @common
}

function Pop-StepMessage([hashtable] $step, [hashtable] $common) {
    $how = @{ Count = Get-StepCount $step }
    if ($step.wait) { $how.Timeout = $step.wait }
    if ($step.lease) { $how.LeaseDuration = $step.lease }
    if ($step['body-file']) { $how.OutFile = $step['body-file'] }
    # What was taken before something failed is passed on: nobody else would have it.
    $taken = [Collections.Generic.List[object]]::new()
    try {
        Pop-ConsulMqItem -Queue $step.queue @how @common | ForEach-Object { $taken.Add($_) }
    } catch {
        if ($taken.Count -eq 0) { throw }
        $id, $text = Get-StepFailure $_
        Write-StepIssue 'warning' $id "After $($taken.Count) messages: $text"
    }
    $taken
}

function Get-StepDepth([hashtable] $step) {
    # A pattern finds itself too, and others that do not count. A queue that nobody has pushed to holds nothing.
    $found = @(Get-ConsulMqQueue -Queue $step.queue -ErrorAction SilentlyContinue -ErrorVariable errors)
    foreach ($failure in $errors) {
        if ($failure.FullyQualifiedErrorId -notlike 'QueueNotFound*') { throw $failure }
    }
    foreach ($queue in $found) {
        if ($queue.Name -ceq $step.queue) { return [int] $queue.Depth }
    }
    0
}

# All of them are tried; the first that failed is the error of the step, after the others are done.
function Invoke-StepSettlement([hashtable] $step, [hashtable] $common) {
    $how = @{ Queue = $step.queue }
    if ($step.delay) { $how.Delay = $step.delay }
    if ($step.reason) { $how.Reason = $step.reason }
    $failure = $null
    $done = @(for ($i = 0; $i -lt $step.id.Count; $i++) {
            try {
                $id = [Guid]::Empty
                if (-not [Guid]::TryParse($step.id[$i], [ref] $id)) { throw (ConvertTo-StepError 'InvalidInput' "Line $($i + 1) of 'id' is no ID of a message. Pass it on as the step that leased the message set it.") }
                $one = @{ Id = $id; ReceiptHandle = $step.receipt[$i] }
                $null = switch ($step.operation) {
                    'complete' { Complete-ConsulMqItem @how @one @common }
                    'undo' { Undo-ConsulMqItem @how @one @common }
                    'deny' { Deny-ConsulMqItem @how @one @common }
                    'update' { Update-ConsulMqLease @how @one @common }
                }
                "$id"
            } catch {
                if ($failure) { Write-StepIssue 'warning' (Get-StepFailure $_)[0] (Get-StepFailure $_)[1] } else { $failure = $_ }
            }
        })
    if ($failure) { throw $failure }
    , $done
}
