BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Get-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 'a', 'b', 'c', 'd' | Push-ConsulMqItem jobs
    }

    AfterEach { (Get-ConsulMqIndex jobs).Count | Should -Be 4 -Because 'a look takes nothing' }

    It 'shows the next message' {
        (Get-ConsulMqItem jobs).Body | Should -Be 'a'
        (Get-ConsulMqItem -Queue jobs).Body | Should -Be 'a'
        ('jobs' | Get-ConsulMqItem).Body | Should -Be 'a'
    }

    It 'warns of a queue that is not there, and of no empty one' {
        "$(Get-ConsulMqItem josb 3>&1)" | Should -Match "There is no queue 'josb'"
        "$(Get-ConsulMqIndex josb 3>&1)" | Should -Match "There is no queue 'josb'"
        $null = New-ConsulMqQueue empty
        Get-ConsulMqItem empty 3>&1 | Should -BeNullOrEmpty
    }

    It 'shows as many as -Count says, and all with -All' {
        (Get-ConsulMqItem jobs -Count 2).Body | Should -Be ('a', 'b')
        (Get-ConsulMqItem jobs -All).Body | Should -Be ('a', 'b', 'c', 'd')
    }

    It 'shows from the end, from a position, and by ID' {
        (Get-ConsulMqItem jobs -Last -Count 2).Body | Should -Be ('d', 'c')
        (Get-ConsulMqItem jobs -Position 1 -Count 2).Body | Should -Be ('b', 'c')
        $id = (Get-ConsulMqIndex jobs)[2].Id
        (Get-ConsulMqItem jobs -Id $id).Body | Should -Be 'c'
    }

    It 'looks through the connection that it is given' {
        $here = Get-ConsulMqConnection
        (Get-ConsulMqItem jobs -Connection $here).Body | Should -Be 'a'
    }

    It 'refuses what is not there: <id>' -ForEach @(
        @{ id = 'InvalidQueueName'; script = { Get-ConsulMqItem ' a' } }
        @{ id = 'PositionOutOfRange'; script = { Get-ConsulMqItem jobs -Position 4 } }
        @{ id = 'ItemNotFound'; script = { Get-ConsulMqItem jobs -Id ([guid]::NewGuid()) } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.GetItemCommand"
    }
}

Describe 'Get-ConsulMqIndex' {
    BeforeEach {
        Connect-TestConsul
        $null = 'a', 'bb' | Push-ConsulMqItem jobs -Tag t -TimeToLive 1h
    }

    It 'shows the order of a queue without the bodies' {
        $index = Get-ConsulMqIndex jobs

        $index.Position | Should -Be (0, 1)
        $index.Size | Should -Be (1, 2)
        $index[0].Tags | Should -Be 't'
        $index[0].PSObject.Properties.Name | Should -Not -Contain 'Body'
        (Get-ConsulMqIndex -Queue jobs -Connection (Get-ConsulMqConnection)).Id | Should -Be $index.Id
        ('jobs' | Get-ConsulMqIndex).Id | Should -Be $index.Id
    }

    It 'fits in 80 columns' {
        (Get-ConsulMqIndex jobs | Get-Display | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'refuses the name of no queue' {
        { Get-ConsulMqIndex a/b -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidQueueName,ConsulMq.Commands.GetIndexCommand'
    }
}

Describe 'Find-ConsulMqItem' {
    BeforeEach {
        Connect-TestConsul
        $null = 'disk full on web-042', 'Disk ok on web-007' | Push-ConsulMqItem jobs -Tag disk, web
        $null = @{ host = 'db-1' } | Push-ConsulMqItem jobs -Tag db -Header @{ trace = 'x7'; run = '12' }
        $null = 'a,b' | Push-ConsulMqItem jobs -ContentType text/csv
    }

    It 'finds by <name>' -ForEach @(
        @{ name = 'a wildcard in the body'; found = @(0); script = { Find-ConsulMqItem jobs '*web-042*' } }
        @{ name = 'a wildcard, upper and lower case alike'; found = @(0, 1); script = { Find-ConsulMqItem -Queue jobs -Body 'disk*' } }
        @{ name = 'a wildcard with -CaseSensitive'; found = @(0); script = { Find-ConsulMqItem jobs 'disk*' -CaseSensitive } }
        @{ name = 'a regular expression'; found = @(0, 1); script = { Find-ConsulMqItem jobs 'web-\d+$' -Regex } }
        @{ name = 'the JSON of an object'; found = @(2); script = { Find-ConsulMqItem jobs '*"host":"db-1"*' } }
        @{ name = 'all tags'; found = @(0, 1); script = { Find-ConsulMqItem jobs -Tag disk, w* } }
        @{ name = 'a header'; found = @(2); script = { Find-ConsulMqItem jobs -Header @{ trace = 'x*' } } }
        @{ name = 'content type'; found = @(3); script = { Find-ConsulMqItem jobs -ContentType text/csv } }
        @{ name = 'being older than an hour'; found = @(); script = { Find-ConsulMqItem jobs -OlderThan 1h } }
        @{ name = 'being newer than an hour'; found = @(0, 1, 2, 3); script = { Find-ConsulMqItem jobs -NewerThan 1h } }
        @{ name = 'ID'; found = @(1); script = { Find-ConsulMqItem jobs -Id (Get-ConsulMqItem jobs -Position 1).Id } }
        @{ name = 'nothing at all'; found = @(0, 1, 2, 3); script = { Find-ConsulMqItem jobs } }
    ) {
        $positions = @(& $script | ForEach-Object Position)

        $positions | Should -Be $found
        (Get-ConsulMqQueue jobs).Depth | Should -Be 4
    }

    It 'searches every state with -State' {
        $null = 'late' | Push-ConsulMqItem jobs -Delay 1h
        $null = Pop-ConsulMqItem jobs -Lease
        Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem -Reason no

        Find-ConsulMqItem jobs -State InFlight, Scheduled, Dead | ForEach-Object { "$($_.State) $($_.Body)" } |
            Should -Be ('InFlight disk full on web-042', 'Scheduled late', 'Dead Disk ok on web-007')
    }

    It 'searches all queues that a pattern matches, and those of the pipeline' {
        $null = 'disk full, too' | Push-ConsulMqItem other

        (Find-ConsulMqItem * 'disk full*').Queue | Should -Be ('jobs', 'other')
        (Get-ConsulMqQueue | Find-ConsulMqItem -Body 'disk full*').Queue | Should -Be ('jobs', 'other')
        (Find-ConsulMqItem j*, o* 'disk full*' -Connection (Get-ConsulMqConnection)).Count | Should -Be 2
    }

    It 'fits in 80 columns' {
        (Find-ConsulMqItem * | Get-Display | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'refuses what makes no sense: <id>' -ForEach @(
        @{ id = 'QueueNotFound'; script = { Find-ConsulMqItem nobody } }
        @{ id = 'InvalidQueueName'; script = { Find-ConsulMqItem a/b } }
        @{ id = 'InvalidPattern'; script = { Find-ConsulMqItem jobs '(' -Regex } }
        @{ id = 'InvalidPattern'; script = { Find-ConsulMqItem jobs '[' } }
        @{ id = 'InvalidPattern'; script = { Find-ConsulMqItem jobs -Tag '[' } }
        @{ id = 'InvalidPattern'; script = { Find-ConsulMqItem jobs -ContentType 'text/[' } }
        @{ id = 'InvalidPattern'; script = { Find-ConsulMqItem jobs -Header @{ trace = '[' } } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.FindItemCommand"
    }

    It 'ends a search whose regular expression runs wild' {
        $null = ('a' * 60 + '!') | Push-ConsulMqItem jobs
        { Find-ConsulMqItem jobs '^(a+)+$' -Regex -ErrorAction Stop } | Should -Throw -ErrorId 'RegexTimeout,ConsulMq.Commands.FindItemCommand'
    }

    It 'names a key that somebody has edited, leaves it, and passes it over' {
        $null = 'x' | Push-ConsulMqItem edited
        $null = 'y' | Push-ConsulMqItem edited
        $key = @(Get-ConsulKey 'edited/p/') | Sort-Object | Select-Object -First 1
        Set-ConsulKey $key 'edited by hand'

        $found = Find-ConsulMqItem edited -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Body | Should -Be 'y'
        $failed.FullyQualifiedErrorId | Should -Be 'CorruptEntry,ConsulMq.Commands.FindItemCommand'
        $failed.TargetObject | Should -Be $key
    }
}
