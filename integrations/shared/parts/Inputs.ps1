# What the step is asked for, in CONSULMQ_STEP_*, proved before anything happens. A part of Invoke-ConsulMqStep.ps1.

# Each operation and the inputs that mean something to it: those with a * it cannot do without. An empty input is none.
$stepOperations = @{
    push     = 'body', 'body-file', 'wait', 'delay', 'deduplication-id'
    pop      = 'count', 'wait', 'lease', 'body-file', 'fail-when-empty'
    lease    = 'count', 'wait', 'lease', 'body-file', 'fail-when-empty'
    peek     = 'count', 'fail-when-empty'
    count    = , 'fail-when-empty'
    complete = 'id*', 'receipt*'
    undo     = 'id*', 'receipt*', 'delay', 'reason'
    deny     = 'id*', 'receipt*', 'reason'
    update   = 'id*', 'receipt*'
}
$stepInputs = 'body', 'body-file', 'count', 'wait', 'lease', 'id', 'receipt', 'delay', 'reason', 'deduplication-id', 'fail-when-empty'
$stepCommon = 'operation', 'queue', 'address', 'prefix', 'datacenter', 'version', 'install', 'module-path'

# Long enough for the job that works, short enough that nobody waits a day for a job that was cancelled.
$stepLease = '30m'

function Get-StepVariable([string] $name) {
    $value = [Environment]::GetEnvironmentVariable('CONSULMQ_STEP_' + $name.ToUpperInvariant().Replace('-', '_'))
    if ($value) { $value }
}

# A secret of several lines is hidden line by line: a runner looks at lines.
function Get-StepSecret {
    foreach ($text in (Get-StepVariable 'token'), $env:CONSUL_HTTP_TOKEN) {
        foreach ($line in "$text" -split '\r\n|\r|\n') {
            if ($line.Trim()) { $line.Trim() }
        }
    }
}

function Read-StepSwitch([string] $name, [string] $value) {
    if ($value -notin 'true', 'false') { throw (ConvertTo-StepError 'InvalidInput' "'$name' is '$value'. Set it to true or false.") }
    $value -eq 'true'
}

# One entry a line, as a step that took several messages wrote them.
function Read-StepList([string] $text) {
    foreach ($line in $text -split '\r\n|\r|\n') {
        if ($line.Trim()) { $line.Trim() }
    }
}

function Read-StepInput {
    $step = @{ install = 'true'; 'fail-when-empty' = 'false' }
    foreach ($name in $stepCommon + $stepInputs) {
        $value = Get-StepVariable $name
        if ($null -ne $value) { $step[$name] = $value }
    }
    Assert-StepInput $step
    $step.install = Read-StepSwitch 'install' $step.install
    $step['fail-when-empty'] = Read-StepSwitch 'fail-when-empty' $step['fail-when-empty']
    $count = 0
    if ($step.ContainsKey('count') -and -not ([int]::TryParse($step['count'], [ref] $count) -and $count -ge 1 -and $count -le 100)) {
        throw (ConvertTo-StepError 'InvalidInput' "'count' is '$($step['count'])'. Set it to a number from 1 to 100: the outputs of a step hold no more.")
    }
    if ($step.operation -eq 'lease' -and -not $step.ContainsKey('lease')) { $step.lease = $stepLease }
    foreach ($name in 'id', 'receipt') {
        if ($step.ContainsKey($name)) { $step[$name] = @(Read-StepList $step[$name]) }
    }
    if ($step.ContainsKey('id') -and $step.id.Count -ne $step.receipt.Count) {
        throw (ConvertTo-StepError 'InvalidInput' "There are $($step.id.Count) lines in 'id' and $($step.receipt.Count) in 'receipt'. Pass on both as the step that leased the messages set them.")
    }
    $step
}

# What would be ignored is a mistake, and so is what is empty because an expression named the wrong step.
function Assert-StepInput([hashtable] $step) {
    $known = [string[]] @($stepOperations.Keys)
    [Array]::Sort($known, [StringComparer]::Ordinal)
    if ("$($step.operation)" -cnotin $known) {
        throw (ConvertTo-StepError 'InvalidInput' "'operation' is '$($step.operation)'. Set it to one of: $($known -join ', ').")
    }
    if (-not $step.queue) { throw (ConvertTo-StepError 'InvalidInput' "'queue' is empty. Set it to the name of a queue.") }
    $allowed = @($stepOperations[$step.operation])
    foreach ($name in $stepInputs) {
        $given = $step.ContainsKey($name) -and -not ($name -eq 'fail-when-empty' -and $step[$name] -eq 'false')
        if ($given -and $name -notin $allowed -and "$name*" -notin $allowed) {
            throw (ConvertTo-StepError 'InvalidInput' "Operation '$($step.operation)' has no use for '$name'. Leave it out.")
        }
        if (-not $given -and "$name*" -in $allowed) {
            throw (ConvertTo-StepError 'InvalidInput' "Operation '$($step.operation)' needs '$name', and it is empty. If it comes from another step or job: is the name right, and did it get a message?")
        }
    }
    if ($step.operation -eq 'push' -and $step.ContainsKey('body') -eq $step.ContainsKey('body-file')) {
        throw (ConvertTo-StepError 'InvalidInput' "Operation 'push' needs either 'body' or 'body-file'.")
    }
}
