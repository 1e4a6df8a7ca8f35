BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Complete-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 1..3 | Push-ConsulMqItem jobs
    }

    It 'ends a leased message for good' {
        $job = Pop-ConsulMqItem jobs -Lease
        Complete-ConsulMqItem $job

        $queue = Get-ConsulMqQueue jobs
        $queue.InFlight | Should -Be 0
        $queue.Depth | Should -Be 2
    }

    It 'completes all that goes through a pipeline' {
        Pop-ConsulMqItem jobs -Lease -Count 3 | ForEach-Object { $_ } | Complete-ConsulMqItem
        (Get-ConsulMqQueue jobs).InFlight | Should -Be 0
        Get-ConsulMqItem jobs | Should -BeNullOrEmpty
    }

    It 'returns with -PassThru what it has completed, and nothing without' {
        $jobs = Pop-ConsulMqItem jobs -Lease -Count 2
        $jobs | Complete-ConsulMqItem -PassThru | ForEach-Object Id | Should -Be $jobs.Id
        Pop-ConsulMqItem jobs -Lease | Complete-ConsulMqItem | Should -BeNullOrEmpty
    }

    It 'needs no more than queue, ID and receipt handle' {
        $job = Pop-ConsulMqItem jobs -LeaseDuration 10m
        Complete-ConsulMqItem -Queue jobs -Id $job.Id -ReceiptHandle $job.ReceiptHandle -Connection (Get-ConsulMqConnection)

        (Get-ConsulMqQueue jobs).InFlight | Should -Be 0
    }

    It 'takes a message once' {
        $job = Pop-ConsulMqItem jobs -Lease
        Complete-ConsulMqItem -InputObject $job

        { $job | Complete-ConsulMqItem -ErrorAction Stop } | Should -Throw -ErrorId 'LeaseLost,ConsulMq.Commands.CompleteItemCommand'
    }

    It 'refuses what is not leased: <id>' -ForEach @(
        @{ id = 'NotLeased'; script = { Get-ConsulMqItem jobs | Complete-ConsulMqItem } }
        @{ id = 'PlaceConflict'; script = { Pop-ConsulMqItem jobs -Lease | Complete-ConsulMqItem -Queue other } }
        @{ id = 'ParameterArgumentTransformationError'; script = { Complete-ConsulMqItem (Get-ConsulMqItem jobs -Count 2) } }
        @{ id = 'InvalidReceiptHandle'; script = { Complete-ConsulMqItem jobs -Id (Get-ConsulMqItem jobs).Id -ReceiptHandle nonsense } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.CompleteItemCommand"
    }
}

Describe 'Undo-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 1..3 | Push-ConsulMqItem jobs
    }

    It 'gives a message back to its old place, delivered once more' {
        Pop-ConsulMqItem jobs -Lease | Undo-ConsulMqItem

        $all = Pop-ConsulMqItem jobs -All
        $all.Body | Should -Be (1, 2, 3)
        $all.DeliveryCount | Should -Be (1, 0, 0)
    }

    It 'returns with -PassThru what it has given back' {
        $jobs = Pop-ConsulMqItem jobs -Lease -Count 2
        $jobs | Undo-ConsulMqItem -PassThru | ForEach-Object Id | Should -Be $jobs.Id
        Pop-ConsulMqItem jobs -Lease | Undo-ConsulMqItem | Should -BeNullOrEmpty
    }

    It 'gives it back later with -Delay' {
        $job = Pop-ConsulMqItem jobs -Lease
        Undo-ConsulMqItem -InputObject $job -Delay 1h

        (Get-ConsulMqQueue jobs).Scheduled | Should -Be 1
        (Pop-ConsulMqItem jobs -All).Body | Should -Be (2, 3)
    }

    It 'makes a dead letter of the last delivery, with -Reason' {
        $null = Set-ConsulMqQueue jobs -MaxDeliveries 1
        $job = Pop-ConsulMqItem jobs -Lease
        Undo-ConsulMqItem -Queue jobs -Id $job.Id -ReceiptHandle $job.ReceiptHandle -Reason 'no such host' -Connection (Get-ConsulMqConnection)

        (Pop-ConsulMqItem jobs.dead).Headers['consulmq-dead-reason'] | Should -Be 'no such host'
    }

    It 'refuses what makes no sense: <id>' -ForEach @(
        @{ id = 'NotLeased'; script = { Get-ConsulMqItem jobs | Undo-ConsulMqItem } }
        @{ id = 'InvalidDelay'; script = { Pop-ConsulMqItem jobs -Lease | Undo-ConsulMqItem -Delay -1 } }
        @{ id = 'LeaseLost'; script = { $job = Pop-ConsulMqItem jobs -Lease; $job | Complete-ConsulMqItem; $job | Undo-ConsulMqItem } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.UndoItemCommand"
    }
}

Describe 'Deny-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 'bad', 'good' | Push-ConsulMqItem jobs
    }

    It 'makes a dead letter of a message, with the reason' {
        Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem -Reason 'no such host'

        $dead = Pop-ConsulMqItem jobs.dead
        $dead.Body | Should -Be 'bad'
        $dead.Headers['consulmq-dead-reason'] | Should -Be 'no such host'
        $dead.Headers['consulmq-dead-queue'] | Should -Be 'jobs'
        (Get-ConsulMqItem jobs -All).Body | Should -Be 'good'
    }

    It 'returns with -PassThru what it has denied' {
        $job = Pop-ConsulMqItem jobs -Lease
        ($job | Deny-ConsulMqItem -PassThru).Id | Should -Be $job.Id
        Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem | Should -BeNullOrEmpty
    }

    It 'needs no more than queue, ID and receipt handle' {
        $job = Pop-ConsulMqItem jobs -Lease
        Deny-ConsulMqItem -Queue jobs -Id $job.Id -ReceiptHandle $job.ReceiptHandle -Connection (Get-ConsulMqConnection)
        Deny-ConsulMqItem -InputObject (Pop-ConsulMqItem jobs -Lease)

        (Get-ConsulMqQueue jobs).Dead | Should -Be 2
    }

    It 'refuses a message that is not leased' {
        { Get-ConsulMqItem jobs | Deny-ConsulMqItem -ErrorAction Stop } | Should -Throw -ErrorId 'NotLeased,ConsulMq.Commands.DenyItemCommand'
    }
}

Describe 'Update-ConsulMqLease' {
    BeforeEach {
        Connect-TestConsul
        $null = 'x' | Push-ConsulMqItem jobs
    }

    It 'prolongs a lease by its duration, from now' {
        $job = Pop-ConsulMqItem jobs -LeaseDuration 10m
        [Threading.Thread]::Sleep(20)
        $lease = $job | Update-ConsulMqLease

        $lease.ExpiresAt | Should -BeGreaterThan $job.Lease.ExpiresAt
        $lease.Id | Should -Be $job.Id
        $lease.Queue | Should -Be 'jobs'
        ($lease | Get-Display | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'needs no more than queue, ID and receipt handle, and its lease is good for the end' {
        $job = Pop-ConsulMqItem jobs -LeaseDuration 10m
        $lease = Update-ConsulMqLease -Queue jobs -Id $job.Id -ReceiptHandle $job.ReceiptHandle -Connection (Get-ConsulMqConnection)
        (Update-ConsulMqLease -InputObject $job).Duration | Should -Be $lease.Duration
        $lease | Complete-ConsulMqItem

        (Get-ConsulMqQueue jobs).InFlight | Should -Be 0
    }

    It 'refuses what is not leased: <id>' -ForEach @(
        @{ id = 'NotLeased'; script = { Get-ConsulMqItem jobs | Update-ConsulMqLease } }
        @{ id = 'InvalidReceiptHandle'; script = { Update-ConsulMqLease jobs -Id (Get-ConsulMqItem jobs).Id -ReceiptHandle nonsense } }
        @{ id = 'LeaseLost'; script = { $job = Pop-ConsulMqItem jobs -LeaseDuration 10m; $job | Complete-ConsulMqItem; $job | Update-ConsulMqLease } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.UpdateLeaseCommand"
    }
}
