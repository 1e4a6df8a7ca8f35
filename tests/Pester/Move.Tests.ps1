BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Move-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 'a', 'b', 'c', 'd' | Push-ConsulMqItem jobs
    }

    It 'moves the first message, as many as -Count says, or all' {
        (Move-ConsulMqItem jobs other).Body | Should -Be 'a'
        (Move-ConsulMqItem -Queue jobs -Destination other -Count 2).Body | Should -Be ('b', 'c')
        (Move-ConsulMqItem jobs -Destination other -All -Connection (Get-ConsulMqConnection)).Body | Should -Be 'd'

        Get-ConsulMqItem jobs | Should -BeNullOrEmpty
        (Pop-ConsulMqItem other -All).Body | Should -Be ('a', 'b', 'c', 'd')
    }

    It 'moves by -Id, and what is piped to it' {
        $ids = (Get-ConsulMqIndex jobs).Id
        $null = Move-ConsulMqItem jobs other -Id $ids[2]
        $null = Find-ConsulMqItem jobs '[ab]' | Move-ConsulMqItem -Destination other
        $null = Move-ConsulMqItem -InputObject (Get-ConsulMqItem jobs) -Destination other

        (Get-ConsulMqItem other -All).Body | Should -Be ('c', 'a', 'b', 'd')
    }

    It 'moves nothing with -WhatIf' {
        Move-ConsulMqItem jobs other -All -WhatIf
        Find-ConsulMqItem jobs | Move-ConsulMqItem -Destination other -WhatIf

        (Get-ConsulMqQueue).Name | Should -Be 'jobs'
        (Get-ConsulMqQueue jobs).Depth | Should -Be 4
    }

    It 'replays dead letters' {
        Pop-ConsulMqItem jobs -Lease -Count 2 | Deny-ConsulMqItem
        $null = Move-ConsulMqItem jobs.dead jobs -All -Confirm:$false

        (Get-ConsulMqItem jobs -All).Body | Should -Be ('c', 'd', 'a', 'b')
    }

    It 'refuses what cannot be: <id>' -ForEach @(
        @{ id = 'InvalidDestination'; script = { Move-ConsulMqItem jobs jobs } }
        @{ id = 'InvalidQueueName'; script = { Move-ConsulMqItem jobs a/b } }
        @{ id = 'ItemNotFound'; script = { Move-ConsulMqItem jobs other -Id ([guid]::NewGuid()) } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.MoveItemCommand"
        (Get-ConsulMqQueue jobs).Depth | Should -Be 4
    }
}

Describe 'Remove-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 'a', 'b', 'c' | Push-ConsulMqItem jobs
    }

    It 'removes what is piped to it' {
        Find-ConsulMqItem jobs '[ab]' | Remove-ConsulMqItem -Confirm:$false
        Remove-ConsulMqItem -InputObject (Get-ConsulMqItem jobs) -Connection (Get-ConsulMqConnection)

        Get-ConsulMqItem jobs | Should -BeNullOrEmpty
    }

    It 'returns with -PassThru what it has removed' {
        (Find-ConsulMqItem jobs '[ab]' | Remove-ConsulMqItem -PassThru).Body | Should -Be ('a', 'b')
    }

    It 'removes by -Id' {
        $ids = (Get-ConsulMqIndex jobs).Id
        Remove-ConsulMqItem -Queue jobs -Id $ids[0], $ids[2]

        (Get-ConsulMqItem jobs -All).Body | Should -Be 'b'
    }

    It 'takes away what a worker holds' {
        $job = Pop-ConsulMqItem jobs -Lease
        Find-ConsulMqItem jobs -State InFlight | Remove-ConsulMqItem

        { $job | Complete-ConsulMqItem -ErrorAction Stop } | Should -Throw -ErrorId 'LeaseLost,ConsulMq.Commands.CompleteItemCommand'
    }

    It 'removes nothing with -WhatIf' {
        Find-ConsulMqItem jobs | Remove-ConsulMqItem -WhatIf
        (Get-ConsulMqQueue jobs).Depth | Should -Be 3
    }

    It 'refuses a message that is not of the queue that is named' {
        { Get-ConsulMqItem jobs | Remove-ConsulMqItem -Queue other -ErrorAction Stop } | Should -Throw -ErrorId 'PlaceConflict,ConsulMq.Commands.RemoveItemCommand'
        (Get-ConsulMqQueue jobs).Depth | Should -Be 3
    }

    It 'says of each that is not there any more' {
        $one, $other = Get-ConsulMqItem jobs -Count 2
        $null = Pop-ConsulMqItem jobs
        $one, $other | Remove-ConsulMqItem -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.FullyQualifiedErrorId | Should -Be 'ItemNotFound,ConsulMq.Commands.RemoveItemCommand'
        (Get-ConsulMqItem jobs -All).Body | Should -Be 'c'
    }
}
