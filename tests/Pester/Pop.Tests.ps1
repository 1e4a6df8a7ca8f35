BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Pop-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 'a', 'b', 'c', 'd' | Push-ConsulMqItem jobs
    }

    It 'takes the next message, and takes it away' {
        (Pop-ConsulMqItem jobs).Body | Should -Be 'a'
        (Pop-ConsulMqItem -Queue jobs).Body | Should -Be 'b'
        (Get-ConsulMqQueue jobs).Depth | Should -Be 2
    }

    It 'takes as many as -Count says, and all with -All' {
        (Pop-ConsulMqItem jobs -Count 3).Body | Should -Be ('a', 'b', 'c')
        (Pop-ConsulMqItem jobs -Count 3).Body | Should -Be 'd'
        $null = 1..3 | Push-ConsulMqItem jobs
        (Pop-ConsulMqItem jobs -All).Body | Should -Be (1, 2, 3)
        Pop-ConsulMqItem jobs -All | Should -BeNullOrEmpty
    }

    It 'returns nothing of an empty queue, and that is no error' {
        Clear-ConsulMq jobs
        $popped = Pop-ConsulMqItem jobs -ErrorVariable failed

        $popped | Should -BeNullOrEmpty
        $failed | Should -BeNullOrEmpty
    }

    It 'takes from the end with -Last, the very last one first' {
        (Pop-ConsulMqItem jobs -Last -Count 2).Body | Should -Be ('d', 'c')
    }

    It 'takes from a -Position' {
        (Pop-ConsulMqItem jobs -Position 2).Body | Should -Be 'c'
        (Get-ConsulMqItem jobs -All).Body | Should -Be ('a', 'b', 'd')
    }

    It 'takes messages by -Id' {
        $ids = (Get-ConsulMqIndex jobs).Id
        (Pop-ConsulMqItem jobs -Id $ids[1], $ids[3]).Body | Should -Be ('b', 'd')
    }

    It 'takes what is piped to it' {
        (Find-ConsulMqItem jobs '[bc]' | Pop-ConsulMqItem).Body | Should -Be ('b', 'c')
        $item = Get-ConsulMqItem jobs
        (Pop-ConsulMqItem -InputObject $item).Body | Should -Be 'a'
    }

    It 'takes from all queues that are piped to it by name' {
        $null = 'x' | Push-ConsulMqItem other
        ('jobs', 'other' | Pop-ConsulMqItem).Body | Should -Be ('a', 'x')
    }

    It 'waits at most -Timeout for a message that does not come' {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Pop-ConsulMqItem nobody -Timeout 500ms | Should -BeNullOrEmpty
        $watch.Elapsed.TotalMilliseconds | Should -BeGreaterThan 400
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 15
    }

    It 'waits with -Wait until a push wakes it' {
        $connection = Get-ConsulMqConnection
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript({
                    param($manifest, $connection)
                    Import-Module $manifest
                    Pop-ConsulMqItem later -Wait -Connection $connection
                }).AddArgument((Get-TestModulePath)).AddArgument($connection)
            $running = $shell.BeginInvoke()
            Wait-Condition -Seconds 1 { $running.IsCompleted } | Should -BeFalse

            $null = 'here' | Push-ConsulMqItem later
            Wait-Condition { $running.IsCompleted } | Should -BeTrue
            $shell.EndInvoke($running).Body | Should -Be 'here'
        } finally {
            $shell.Stop()
            $shell.Dispose()
        }
    }

    It 'leases with -Lease: the message is in flight, and nobody else gets it' {
        $job = Pop-ConsulMqItem jobs -Lease

        $job.ReceiptHandle | Should -Not -BeNullOrEmpty
        $job.Lease.ExpiresAt | Should -BeNullOrEmpty
        (Get-ConsulMqQueue jobs).InFlight | Should -Be 1
        (Pop-ConsulMqItem jobs).Body | Should -Be 'b'
    }

    It 'leases for a time of its own with -LeaseDuration' {
        $job = Pop-ConsulMqItem jobs -LeaseDuration 10m

        $job.Lease.Duration | Should -Be ([timespan]::FromMinutes(10))
        ($job.Lease.ExpiresAt - [datetimeoffset]::UtcNow).TotalMinutes | Should -BeGreaterThan 9
    }

    It 'puts back what the pipeline did not take any more' {
        (Pop-ConsulMqItem jobs -All | Select-Object -First 1).Body | Should -Be 'a'

        (Get-ConsulMqItem jobs -All).Body | Should -Be ('b', 'c', 'd')
    }

    It 'streams: the first message is there before the last one is popped' {
        $null = 1..10 | ForEach-Object { 'x' * 200KB } | Push-ConsulMqItem many
        $depth = Pop-ConsulMqItem many -All | Select-Object -First 1 | ForEach-Object { (Get-ConsulMqQueue many).Depth }
        $depth | Should -BeGreaterThan 0
        (Get-ConsulMqQueue many).Depth | Should -Be 9
    }

    It 'takes messages from the connection that it is given' {
        $here = Get-ConsulMqConnection
        Connect-TestConsul
        (Pop-ConsulMqItem jobs -Connection $here).Body | Should -Be 'a'
        Disconnect-ConsulMq $here
    }

    It 'takes nothing for an ID that is none: <piped>' -ForEach @(
        @{ piped = 'not-a-guid' }
        @{ piped = 77 }
        @{ piped = '' }
    ) {
        $popped = [pscustomobject] @{ Queue = 'jobs'; MessageId = $piped } | Pop-ConsulMqItem -ErrorAction SilentlyContinue -ErrorVariable failed

        $popped | Should -BeNullOrEmpty
        $failed.Count | Should -Be 1
        $failed[0].Exception.Message | Should -BeLike "*'$piped' is not the ID of a message*"
        (Get-ConsulMqQueue jobs).Depth | Should -Be 4
    }

    It 'takes from a queue that is given as an object' {
        $bodies = foreach ($queue in Get-ConsulMqQueue) { (Pop-ConsulMqItem $queue).Body; "$queue" }
        $bodies | Should -Be ('a', 'jobs')
    }

    It 'refuses what makes no sense: <id>' -ForEach @(
        @{ id = 'PlaceConflict'; script = { Get-ConsulMqItem jobs | Pop-ConsulMqItem -Queue other } }
        @{ id = 'InputObjectNotBound'; script = { Get-ConsulMqItem jobs | Pop-ConsulMqItem -All } }
        @{ id = 'ParameterArgumentTransformationError'; script = { Pop-ConsulMqItem jobs -Lease 30s } }
        @{ id = 'ParameterArgumentTransformationError'; script = { Pop-ConsulMqItem -Queue $null } }
        @{ id = 'ParameterArgumentTransformationError'; script = { [datetime]::Now | Pop-ConsulMqItem } }
        @{ id = 'InvalidQueueName'; script = { Pop-ConsulMqItem a/b } }
        @{ id = 'ItemNotFound'; script = { Pop-ConsulMqItem jobs -Id ([guid]::NewGuid()) } }
        @{ id = 'PositionOutOfRange'; script = { Pop-ConsulMqItem jobs -Position 99 } }
        @{ id = 'PositionOutOfRange'; script = { Pop-ConsulMqItem jobs -Position -1 } }
        @{ id = 'PlaceConflict'; script = { Pop-ConsulMqItem jobs -Id ([guid]::NewGuid()) -Wait } }
        @{ id = 'InvalidLeaseDuration'; script = { Pop-ConsulMqItem jobs -LeaseDuration 9s } }
        @{ id = 'InvalidLeaseDuration'; script = { Pop-ConsulMqItem jobs -LeaseDuration 25h } }
        @{ id = 'AmbiguousParameterSet'; script = { Pop-ConsulMqItem jobs -All -Wait } }
        @{ id = 'ParameterArgumentValidationError'; script = { Pop-ConsulMqItem jobs -Count 0 } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.PopItemCommand"
        (Get-ConsulMqQueue jobs).Depth | Should -Be 4
    }
}
