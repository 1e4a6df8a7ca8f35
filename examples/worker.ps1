#requires -Version 7.4
# Work that must not be lost: leases, a worker with several jobs at a time, a job that fails again and again, and its replay.
#
#     ./build.sh run examples/worker.ps1      from the project's folder, or
#     pwsh examples/worker.ps1                where the module is installed
#
# It starts a Consul of its own and stops it again. With a Consul of yours, Connect-ConsulMq takes the place of that.
# Nothing here but the language, .NET and ConsulMq: so it runs where only PowerShell's bare engine is there, too.
param(
    # How many jobs.
    [ValidateRange(2, 1000)]
    [int] $Count = 20,

    # Use the model of Consul inside this process though there is a real one.
    [switch] $InMemory
)
$ErrorActionPreference = 'Stop'
Import-Module ConsulMq

# A Consul for this script alone: the one in PATH, or the one that tools/get-consul has fetched. None: returns nothing.
function Start-Consul {
    $name = if ($IsWindows) { 'consul.exe' } else { 'consul' }
    $fetched = [IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), '.tools', $name)
    try {
        Start-ConsulMqDevAgent
    } catch {
        if ($_.FullyQualifiedErrorId -notlike 'ConsulNotFound*') { throw }
        if ([IO.File]::Exists($fetched)) { Start-ConsulMqDevAgent $fetched }
    }
}

function Assert-That([string] $What, [bool] $IsTrue) {
    if (-not $IsTrue) { throw "worker: this is not so: $What" }
}

$agent = $null
try {
    if (-not $InMemory) { $agent = Start-Consul }
    if ($agent) {
        "Consul $($agent.Version) runs at $($agent.Address), for this script alone."
    } else {
        'No Consul: this runs on a model of it inside this process. Nothing is durable.'
        $null = Connect-ConsulMq -InMemory
    }

    # 1. A lease by hand. As long as it lasts nobody else gets the message; if this process died, it would come back by itself.
    $null = 'first', 'second' | Push-ConsulMqItem example.byhand
    $item = Pop-ConsulMqItem example.byhand -Lease
    $item | Out-Host
    $item | Undo-ConsulMqItem                       # not done: it is back in its old place ...
    $item = Pop-ConsulMqItem example.byhand -Lease
    "Again '$($item.Body)', and it knows that it was delivered before: $($item.DeliveryCount) time."
    $item | Complete-ConsulMqItem                   # ... done: it is gone
    Pop-ConsulMqItem example.byhand -Lease -Count 100 | ForEach-Object { $_ } | Complete-ConsulMqItem
    Assert-That 'the queue is empty' (-not (Get-ConsulMqItem example.byhand))

    # 2. Jobs: a division each. One of them cannot be done.
    $null = 1..$Count | ForEach-Object { @{ dividend = 1000; divisor = $_ - 1 } } | Push-ConsulMqItem example.jobs

    # 3. A worker: four at a time, each in a runspace of its own. A job is completed when the block has come to its end; one that
    #    throws is tried again, later each time, and after five deliveries it is a dead letter. What a block returns comes out here.
    ''
    'The worker, and what it has to say of the job that fails:'
    $digits = 2
    $results = @(Invoke-ConsulMqWorker example.jobs -ThrottleLimit 4 -StopWhenEmpty -RetryDelay 100ms -ErrorVariable failures -ErrorAction SilentlyContinue {
            param($job)
            if ($job.Body.divisor -eq 0) { throw [DivideByZeroException]::new('Attempted to divide by zero.') }
            [pscustomobject] @{ Divisor = $job.Body.divisor; Quotient = [Math]::Round($job.Body.dividend / $job.Body.divisor, $using:digits) }
        })
    $failures | ForEach-Object { "  $_" }
    "$($results.Count) of $Count jobs are done."
    Assert-That 'all jobs but one are done' ($results.Count -eq $Count - 1)
    Assert-That 'one job has failed five times' ($failures.Count -eq 5)

    # 4. The dead letters of example.jobs are an ordinary queue. Why a message is there stands in its headers.
    $dead = @(Get-ConsulMqItem example.jobs.dead -All)
    ''
    "In example.jobs.dead: divisor $($dead[0].Body.divisor), delivered $($dead[0].Headers['consulmq-dead-deliveries']) times, because:"
    ($dead[0].Headers['consulmq-dead-reason'] -split '\r?\n')[0]
    Assert-That 'one job is a dead letter' ($dead.Count -eq 1)

    # 5. When the reason is gone they are moved back, in one transaction, and worked on.
    ''
    'Moved back, for a worker that knows what to do with zero:'
    Move-ConsulMqItem example.jobs.dead -Destination example.jobs -All | Out-Host
    $last = Invoke-ConsulMqWorker example.jobs -StopWhenEmpty {
        $quotient = if ($_.Body.divisor) { $_.Body.dividend / $_.Body.divisor } else { 'not a number' }
        [pscustomobject] @{ Divisor = $_.Body.divisor; Quotient = $quotient }
    }
    $last | Out-Host
    Assert-That 'the job is done' ($last.Quotient -eq 'not a number')
    Assert-That 'nothing is left' (-not (Get-ConsulMqItem example.jobs) -and -not (Get-ConsulMqItem example.jobs.dead))
    'Nothing is left.'
} finally {
    if ($agent) { Stop-ConsulMqDevAgent $agent } else { Disconnect-ConsulMq }
}
