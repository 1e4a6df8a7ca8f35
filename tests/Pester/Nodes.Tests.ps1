BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul

    # What Consul says of the checks of this connection's queues.
    function Get-QueueState {
        $all = Invoke-RestMethod -Uri "$(Get-TestAddress)/v1/health/service/consulmq-queue" -UseBasicParsing
        foreach ($one in $all) {
            if ($one.Service.Meta.prefix -eq (Get-ConsulMqConnection).Prefix) { ($one.Checks | Where-Object ServiceID -EQ $one.Service.ID).Status }
        }
    }
}

AfterAll { Stop-TestConsul }

Describe 'Get-ConsulMqNode' {
    AfterEach { Disconnect-ConsulMq }

    It 'lists this process while it is connected, and nobody who is not registered' {
        $connection = Connect-ConsulMq (Get-TestAddress) -Prefix pester/nodes -DefaultQueue mine
        Wait-Condition { Get-ConsulMqNode | Where-Object Id -EQ $connection.NodeId } | Should -BeTrue

        $node = Get-ConsulMqNode -Connection $connection | Where-Object Id -EQ $connection.NodeId
        $node.Host | Should -Be ([Environment]::MachineName)
        $node.ProcessId | Should -Be $PID
        $node.DefaultQueue | Should -Be 'mine'
        "$($node.Status)" | Should -Be 'Passing'
        (Get-ConsulMqNode | Get-Display | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80

        $former = $connection.NodeId
        Disconnect-ConsulMq
        $connection = Connect-ConsulMq (Get-TestAddress) -Prefix pester/nodes -NoRegister
        $connection.NodeId | Should -BeNullOrEmpty
        Wait-Condition { -not (Get-ConsulMqNode | Where-Object Id -EQ $former) } | Should -BeTrue
    }
}

Describe 'Register-ConsulMqQueueCheck' {
    BeforeEach { Connect-TestConsul }

    AfterEach { Disconnect-ConsulMq }

    It 'shows the state of a queue in Consul, and follows it' {
        $check = Register-ConsulMqQueueCheck -Queue jobs -WarningDepth 2 -CriticalDepth 5 -WarningAge 1h -CriticalAge 2h -Connection (Get-ConsulMqConnection)

        "$($check.Status)" | Should -Be 'Passing'
        $check.CriticalAge | Should -Be ([timespan]::FromHours(2))
        ($check | Get-Display | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $null = 1..2 | Push-ConsulMqItem jobs
        Wait-Condition { (Get-QueueState) -eq 'warning' } | Should -BeTrue
        $null = 3..5 | Push-ConsulMqItem jobs
        Wait-Condition { (Get-QueueState) -eq 'critical' } | Should -BeTrue
        $check.Output | Should -BeLike 'jobs: 5 ready (critical at 5)*'
        Clear-ConsulMq jobs
        Wait-Condition { (Get-QueueState) -eq 'passing' } | Should -BeTrue
    }

    It 'watches each queue that is piped to it' {
        $null = 'x' | Push-ConsulMqItem b
        'a', 'b' | Register-ConsulMqQueueCheck -WarningDepth 1 | ForEach-Object { "$($_.Queue) $($_.Status)" } | Should -Be ('a Passing', 'b Warning')
    }

    It 'refuses what makes no sense: <id>' -ForEach @(
        @{ id = 'InvalidThreshold'; script = { Register-ConsulMqQueueCheck jobs } }
        @{ id = 'InvalidThreshold'; script = { Register-ConsulMqQueueCheck jobs -WarningDepth 10 -CriticalDepth 9 } }
        @{ id = 'InvalidQueueName'; script = { Register-ConsulMqQueueCheck a/b -WarningDepth 1 } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.RegisterQueueCheckCommand"
    }
}

Describe 'Unregister-ConsulMqQueueCheck' {
    BeforeEach {
        Connect-TestConsul
        $check = Register-ConsulMqQueueCheck jobs -WarningDepth 10
    }

    AfterEach { Disconnect-ConsulMq }

    It 'ends the check of a queue' {
        Unregister-ConsulMqQueueCheck -Queue jobs -Confirm:$false -Connection (Get-ConsulMqConnection)

        $check.IsEnded | Should -BeTrue
        Wait-Condition { -not (Get-QueueState) } | Should -BeTrue
    }

    It 'ends the check that it is given, and all that are piped to it' {
        $other = Register-ConsulMqQueueCheck other -WarningDepth 10
        Unregister-ConsulMqQueueCheck -InputObject $check
        $check.IsEnded | Should -BeTrue
        $other.IsEnded | Should -BeFalse

        (Get-ConsulMqConnection).QueueChecks | Unregister-ConsulMqQueueCheck
        $other.IsEnded | Should -BeTrue
    }

    It 'ends nothing with -WhatIf' {
        Unregister-ConsulMqQueueCheck jobs -WhatIf
        $check.IsEnded | Should -BeFalse
    }

    It 'says that there is none' {
        { Unregister-ConsulMqQueueCheck other -ErrorAction Stop } | Should -Throw -ErrorId 'QueueCheckNotFound,ConsulMq.Commands.UnregisterQueueCheckCommand'
    }
}
