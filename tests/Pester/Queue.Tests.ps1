BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'New-ConsulMqQueue' {
    BeforeEach { Connect-TestConsul }

    It 'creates a queue with its settings' {
        $queue = New-ConsulMqQueue jobs -TimeToLive 7d -MaxDeliveries 3 -MaxDepth 100 -StrictOrder -DeadLetterExpired -DeduplicationWindow 1h -MaxBodySize 1MB -Connection (Get-ConsulMqConnection)

        $queue.Name | Should -Be 'jobs'
        $queue.Depth | Should -Be 0
        $queue.TimeToLive | Should -Be ([timespan]::FromDays(7))
        $queue.MaxDeliveries | Should -Be 3
        $queue.MaxDepth | Should -Be 100
        $queue.StrictOrder | Should -BeTrue
        $queue.DeadLetterExpired | Should -BeTrue
        $queue.DeduplicationWindow | Should -Be ([timespan]::FromHours(1))
        $queue.MaxBodySize | Should -Be 1MB
    }

    It 'creates several, by name and from the pipeline' {
        (New-ConsulMqQueue -Queue a, b).Name | Should -Be ('a', 'b')
        ('c', 'd' | New-ConsulMqQueue).Name | Should -Be ('c', 'd')
    }

    It 'creates nothing with -WhatIf' {
        New-ConsulMqQueue jobs -WhatIf
        Get-ConsulMqQueue | Should -BeNullOrEmpty
    }

    It 'refuses what cannot be: <id>' -ForEach @(
        @{ id = 'QueueExists'; category = 'ResourceExists'; script = { New-ConsulMqQueue there -Confirm:$false } }
        @{ id = 'InvalidQueueName'; category = 'InvalidArgument'; script = { New-ConsulMqQueue a/b } }
        @{ id = 'InvalidSetting'; category = 'InvalidArgument'; script = { New-ConsulMqQueue jobs -MaxDeliveries 1001 } }
        @{ id = 'InvalidSetting'; category = 'InvalidArgument'; script = { New-ConsulMqQueue jobs -DeduplicationWindow 0 } }
        @{ id = 'InvalidSetting'; category = 'InvalidArgument'; script = { New-ConsulMqQueue jobs -MaxBodySize 2GB } }
    ) {
        $null = New-ConsulMqQueue there
        $ErrorActionPreference = 'Stop'
        $caught = $null
        try { $null = & $script } catch { $caught = $_ }

        $caught.FullyQualifiedErrorId | Should -Be "$id,ConsulMq.Commands.NewQueueCommand"
        $caught.CategoryInfo.Category | Should -Be $category
        (Get-ConsulMqQueue).Name | Should -Be 'there'
    }
}

Describe 'Set-ConsulMqQueue' {
    BeforeEach {
        Connect-TestConsul
        $null = New-ConsulMqQueue jobs -MaxDepth 5 -StrictOrder
    }

    It 'changes what is given, and nothing else' {
        Set-ConsulMqQueue jobs -MaxDeliveries 9 | Should -BeNullOrEmpty
        $queue = Set-ConsulMqQueue -Queue jobs -TimeToLive 1h -DeadLetterExpired -DeduplicationWindow 10m -MaxBodySize 2KB -PassThru -Connection (Get-ConsulMqConnection)

        $queue.MaxDeliveries | Should -Be 9
        $queue.MaxDepth | Should -Be 5
        $queue.StrictOrder | Should -BeTrue
        $queue.TimeToLive | Should -Be ([timespan]::FromHours(1))
        $queue.DeadLetterExpired | Should -BeTrue
        $queue.DeduplicationWindow | Should -Be ([timespan]::FromMinutes(10))
        $queue.MaxBodySize | Should -Be 2KB
    }

    It 'takes a setting back with $null and $false' {
        Set-ConsulMqQueue jobs -Ttl 1h
        $queue = Set-ConsulMqQueue jobs -DefaultTimeToLive $null -MaxDepth $null -StrictOrder:$false -PassThru

        $queue.TimeToLive | Should -BeNullOrEmpty
        $queue.MaxDepth | Should -BeNullOrEmpty
        $queue.StrictOrder | Should -BeFalse
    }

    It 'changes all queues that are piped to it' {
        $null = New-ConsulMqQueue other
        Get-ConsulMqQueue | Set-ConsulMqQueue -MaxDeliveries 2 -Confirm:$false
        (Get-ConsulMqQueue).MaxDeliveries | Should -Be (2, 2)
    }

    It 'takes for a limit only a whole number, or $null for none: <depth>' -ForEach @(@{ depth = '10k' }, @{ depth = '' }, @{ depth = 1.5 }) {
        { Set-ConsulMqQueue jobs -MaxDepth $depth } | Should -Throw "*'$depth' is not a whole number*"
    }

    It 'names a value that is out of its range' {
        { Set-ConsulMqQueue jobs -MaxDeliveries 5000 -ErrorAction Stop } | Should -Throw '*to 1?000, not 5000*'
    }

    It 'changes nothing with -WhatIf' {
        Set-ConsulMqQueue jobs -MaxDepth 1 -WhatIf
        (Get-ConsulMqQueue jobs).MaxDepth | Should -Be 5
    }

    It 'refuses a queue that is not there, and goes on with the others' {
        'nobody', 'jobs' | Set-ConsulMqQueue -MaxDeliveries 7 -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.FullyQualifiedErrorId | Should -Be 'QueueNotFound,ConsulMq.Commands.SetQueueCommand'
        $failed.TargetObject | Should -Be 'nobody'
        (Get-ConsulMqQueue jobs).MaxDeliveries | Should -Be 7
    }
}

Describe 'Get-ConsulMqQueue' {
    BeforeEach {
        Connect-TestConsul
        $null = 1..5 | Push-ConsulMqItem jobs
        $null = 'late' | Push-ConsulMqItem jobs -Delay 1h
        $null = Pop-ConsulMqItem jobs -Lease
        Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem
        $null = 'x' | Push-ConsulMqItem other
    }

    It 'says what is in a queue' {
        $queue = Get-ConsulMqQueue jobs

        $queue.Depth | Should -Be 3
        $queue.InFlight | Should -Be 1
        $queue.Scheduled | Should -Be 1
        $queue.Dead | Should -Be 1
        $queue.Bytes | Should -BeGreaterThan 0
        $queue.OldestAge.TotalSeconds | Should -BeGreaterOrEqual 0
    }

    It 'lists all, those that match, and those of the pipeline' {
        (Get-ConsulMqQueue).Name | Should -Be ('jobs', 'jobs.dead', 'other')
        (Get-ConsulMqQueue -Queue jo*).Name | Should -Be ('jobs', 'jobs.dead')
        ('other', 'jobs' | Get-ConsulMqQueue -Connection (Get-ConsulMqConnection)).Name | Should -Be ('other', 'jobs')
        Get-ConsulMqQueue zz* | Should -BeNullOrEmpty
    }

    It 'fits in 80 columns' {
        $null = New-ConsulMqQueue ('n' * 60) -MaxDepth 1000000 -TimeToLive 7d
        $shown = @(Get-ConsulMqQueue | Get-Display)

        ($shown | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
        ($shown -match '^jobs ') -join '' | Should -Match '^jobs +3 +1 +1 +1 '
    }

    It 'gives the queues with -Watch, and again each time that one changes' {
        $names = Get-ConsulMqQueue jobs, other -Watch | ForEach-Object {
            if ($_.Name -eq 'other' -and $_.Depth -eq 1) { $null = 'y' | Push-ConsulMqItem other }
            $_
        } | Where-Object { $_.Name -eq 'other' -and $_.Depth -eq 2 } | Select-Object -First 1

        $names.Depth | Should -Be 2
    }

    It 'refuses what is not there: <id>' -ForEach @(
        @{ id = 'QueueNotFound'; name = 'nobody' }
        @{ id = 'InvalidQueueName'; name = 'a/b' }
    ) {
        { Get-ConsulMqQueue $name -ErrorAction Stop } | Should -Throw -ErrorId "$id,ConsulMq.Commands.GetQueueCommand"
    }
}

Describe 'Clear-ConsulMq' {
    BeforeEach {
        Connect-TestConsul
        $null = 1..3 | Push-ConsulMqItem jobs
        $null = 'old' | Push-ConsulMqItem jobs -TimeToLive 1ms
        [Threading.Thread]::Sleep(20)
    }

    It 'empties a queue and leaves it there' {
        Clear-ConsulMq jobs -PassThru | Should -Be 4
        (Get-ConsulMqQueue jobs).Depth | Should -Be 0
    }

    It 'removes only what has expired with -Expired' {
        Clear-ConsulMq -Queue jobs -Expired -PassThru -Connection (Get-ConsulMqConnection) | Should -Be 1
        (Get-ConsulMqQueue jobs).Depth | Should -Be 3
    }

    It 'empties all that are piped to it' {
        Get-ConsulMqQueue | Clear-ConsulMq -Confirm:$false
        (Get-ConsulMqQueue jobs).Depth | Should -Be 0
    }

    It 'removes nothing with -WhatIf' {
        Clear-ConsulMq jobs -WhatIf
        (Get-ConsulMqQueue jobs).Depth | Should -Be 4
    }

    It 'refuses a message, and null, in place of a queue' {
        { Get-ConsulMqItem jobs | Clear-ConsulMq -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,ConsulMq.Commands.ClearCommand'
        { Clear-ConsulMq $null } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,ConsulMq.Commands.ClearCommand'
        (Get-ConsulMqItem jobs -All).Count | Should -Be 3
    }

    It 'refuses a queue that is not there' {
        { Clear-ConsulMq nobody -ErrorAction Stop } | Should -Throw -ErrorId 'QueueNotFound,ConsulMq.Commands.ClearCommand'
    }
}

Describe 'Remove-ConsulMqQueue' {
    BeforeEach {
        Connect-TestConsul
        $null = 'x' | Push-ConsulMqItem a
        $null = 'x' | Push-ConsulMqItem b
    }

    It 'removes queues with all that is in them, by name and from the pipeline' {
        Remove-ConsulMqQueue -Queue a -Confirm:$false -Connection (Get-ConsulMqConnection)
        (Get-ConsulMqQueue).Name | Should -Be 'b'
        Get-ConsulMqQueue | Remove-ConsulMqQueue -Confirm:$false
        Get-ConsulMqQueue | Should -BeNullOrEmpty
    }

    It 'removes nothing with -WhatIf' {
        Remove-ConsulMqQueue a, b -WhatIf
        (Get-ConsulMqQueue).Name | Should -Be ('a', 'b')
    }

    It 'refuses what is not there, and goes on: <id>' -ForEach @(
        @{ id = 'QueueNotFound'; name = 'nobody' }
        @{ id = 'InvalidQueueName'; name = 'a/b' }
    ) {
        $name, 'b' | Remove-ConsulMqQueue -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.FullyQualifiedErrorId | Should -Be "$id,ConsulMq.Commands.RemoveQueueCommand"
        (Get-ConsulMqQueue).Name | Should -Be 'a'
    }

    It 'leaves a queue of another layout alone' {
        Set-ConsulKey "$((Get-ConsulMqConnection).Prefix)/later/_system/info" '{"layout":99}'

        { Remove-ConsulMqQueue later -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'UnsupportedLayout,ConsulMq.Commands.RemoveQueueCommand'
    }
}

Describe 'ConvertTo-ConsulMqPrometheus' {
    BeforeEach {
        Connect-TestConsul
        $null = 1..3 | Push-ConsulMqItem jobs
    }

    It 'writes queues as Prometheus reads them' {
        $lines = Get-ConsulMqQueue | ConvertTo-ConsulMqPrometheus

        $lines | Should -Contain 'consulmq_queue_messages{queue="jobs",state="ready"} 3'
        $lines | Should -Contain '# TYPE consulmq_queue_messages gauge'
        $named = ConvertTo-ConsulMqPrometheus -InputObject (Get-ConsulMqQueue)
        $named | Should -Contain 'consulmq_queue_messages{queue="jobs",state="ready"} 3'
    }
}
