BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Invoke-ConsulMqWorker' {
    BeforeEach { Connect-TestConsul }

    It 'works on every message, several at a time, and completes them' {
        $null = 1..20 | Push-ConsulMqItem jobs
        $done = Invoke-ConsulMqWorker -Queue jobs -ThrottleLimit 4 -StopWhenEmpty -ScriptBlock { param($job) $job.Body * 2 } -Connection (Get-ConsulMqConnection)

        $done | Sort-Object | Should -Be @(1..20 | ForEach-Object { $_ * 2 })
        $queue = Get-ConsulMqQueue jobs
        $queue.Depth, $queue.InFlight | Should -Be (0, 0)
    }

    It 'gives the block its message as param, $_ and $args[0], and the caller''s variables as $using:' {
        $null = 1..3 | Push-ConsulMqItem jobs
        $suffix = '!'
        Invoke-ConsulMqWorker jobs -StopWhenEmpty { "$($_.Body)$($args[0].Body)$using:suffix" } | Should -Be ('11!', '22!', '33!')
    }

    It 'works on the default queue where none is named' {
        $null = 'x' | Push-ConsulMqItem
        Invoke-ConsulMqWorker { $_.Body } -StopWhenEmpty | Should -Be 'x'
    }

    It 'says by each output which message it is of' {
        $pushed = 'x' | Push-ConsulMqItem jobs
        $out = Invoke-ConsulMqWorker jobs -MaxItems 1 { [pscustomobject] @{ body = $_.Body } }
        $out.ConsulMqItemId | Should -Be $pushed.Id
    }

    It 'tries a message again that failed, and makes a dead letter of it in the end' {
        $null = New-ConsulMqQueue jobs -MaxDeliveries 2
        $null = 'bad' | Push-ConsulMqItem jobs

        Invoke-ConsulMqWorker jobs -StopWhenEmpty -RetryDelay 10ms { throw 'no such host' } -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.FullyQualifiedErrorId | Should -Be @('ItemFailed,ConsulMq.Commands.InvokeWorkerCommand', 'ItemFailed,ConsulMq.Commands.InvokeWorkerCommand')
        $failed[0].TargetObject.Body | Should -Be 'bad'
        (Pop-ConsulMqItem jobs.dead).Headers['consulmq-dead-reason'] | Should -Match 'no such host'
    }

    It 'leaves it at that when the block settles its message itself' {
        $null = 'odd' | Push-ConsulMqItem jobs
        Invoke-ConsulMqWorker jobs -MaxItems 1 { $_ | Deny-ConsulMqItem -Reason 'not ours' } -ErrorAction Stop
        (Pop-ConsulMqItem jobs.dead).Headers['consulmq-dead-reason'] | Should -Be 'not ours'
    }

    It 'ends after -MaxItems and leaves the rest' {
        $null = 1..5 | Push-ConsulMqItem jobs
        Invoke-ConsulMqWorker jobs -MaxItems 2 { $_.Body } | Should -Be (1, 2)
        (Get-ConsulMqItem jobs -All).Body | Should -Be (3, 4, 5)
    }

    It 'ends when -Timeout is over, and waits for what runs' {
        $null = 'x' | Push-ConsulMqItem jobs
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Invoke-ConsulMqWorker jobs -Timeout 1s -GracePeriod 20s { [Threading.Thread]::Sleep(1500); $_.Body } | Should -Be 'x'
        $watch.Elapsed.TotalSeconds | Should -BeGreaterThan 1
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 15
    }

    It 'gives back what does not come to its end in the -GracePeriod' {
        $null = 'slow' | Push-ConsulMqItem jobs
        Invoke-ConsulMqWorker jobs -Timeout 500ms -GracePeriod 200ms { Start-Sleep -Seconds 60 } -ErrorAction SilentlyContinue -WarningAction SilentlyContinue

        (Pop-ConsulMqItem jobs -Timeout 10s).Body | Should -Be 'slow'
    }

    It 'has its queue watched with -RegisterCheck while it works' {
        $null = 'x' | Push-ConsulMqItem jobs
        $address = Get-TestAddress
        $checks = Invoke-ConsulMqWorker jobs -MaxItems 1 -RegisterCheck -WarningDepth 10 -CriticalDepth 20 -WarningAge 1h -CriticalAge 2h {
            (Invoke-RestMethod -Uri "$using:address/v1/health/service/consulmq-queue" -UseBasicParsing) | ForEach-Object { $_.Checks.Name }
        }

        $checks | Should -Contain "ConsulMq queue 'jobs'"
    }

    It 'refuses what makes no sense: <id>' -ForEach @(
        @{ id = 'InvalidThreshold'; script = { Invoke-ConsulMqWorker jobs { } -WarningDepth 10 -StopWhenEmpty } }
        @{ id = 'InvalidThreshold'; script = { Invoke-ConsulMqWorker jobs { } -RegisterCheck -StopWhenEmpty } }
        @{ id = 'InvalidQueueName'; script = { Invoke-ConsulMqWorker a/b { } -StopWhenEmpty } }
        @{ id = 'InvalidTimeout'; script = { Invoke-ConsulMqWorker jobs { } -Timeout -1 } }
        @{ id = 'InvalidRetryDelay'; script = { Invoke-ConsulMqWorker jobs { } -RetryDelay -1 } }
        @{ id = 'InvalidGracePeriod'; script = { Invoke-ConsulMqWorker jobs { } -GracePeriod -1 } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.InvokeWorkerCommand"
    }
}
