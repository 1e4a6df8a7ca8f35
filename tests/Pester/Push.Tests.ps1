BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Push-ConsulMqItem' {
    BeforeEach { Connect-TestConsul }

    It 'pushes each object of a pipeline and returns the messages in the order of the input' {
        $pushed = 1..250 | Push-ConsulMqItem jobs

        $pushed.Body | Should -Be (1..250)
        $pushed[0].PSObject.TypeNames[0] | Should -Be 'ConsulMq.QueueObject'
        (Pop-ConsulMqItem jobs -All).Body | Should -Be (1..250)
    }

    It 'takes an argument as one item, an array too' {
        $null = Push-ConsulMqItem jobs (1, 2, 3)
        $null = Push-ConsulMqItem -Queue jobs -InputObject 'one'
        $null = Push-ConsulMqItem jobs -Body 'other'

        $all = @(Pop-ConsulMqItem jobs -All)
        $all.Count | Should -Be 3
        $all[0].Body | Should -Be (1, 2, 3)
        $all[1].Body | Should -Be 'one'
        $all[2].Body | Should -Be 'other'
    }

    It 'brings back what went in: <name>' -ForEach @(
        @{ name = 'text'; body = 'plain'; type = [string] }
        @{ name = 'text of every kind'; body = "a`r`n`t" + [char] 0xE9 + [char]::ConvertFromUtf32(0x1F600) + [char] 0 + '"'; type = [string] }
        @{ name = 'empty text'; body = ''; type = [string] }
        @{ name = 'a number'; body = 42; type = [int] }
        @{ name = 'a fraction'; body = 0.5; type = [double] }
        @{ name = 'true'; body = $true; type = [bool] }
        @{ name = 'bytes'; body = [byte[]] (0, 1, 255); type = [byte[]] }
    ) {
        $null = Push-ConsulMqItem jobs -InputObject $body
        $back = Pop-ConsulMqItem jobs

        , $back.Body | Should -BeOfType $type
        $back.Body | Should -Be $body
    }

    It 'brings hashtables and objects back as objects' {
        $null = @{ host = 'web-042'; disks = 1, 2 } | Push-ConsulMqItem jobs
        $null = [pscustomobject] @{ host = 'web-043'; inner = [pscustomobject] @{ ok = $true } } | Push-ConsulMqItem jobs

        $first, $second = (Pop-ConsulMqItem jobs -All).Body
        $first.host | Should -Be 'web-042'
        $first.disks | Should -Be (1, 2)
        $second.inner.ok | Should -BeTrue
    }

    It 'gives a message its tags, headers, content type and time to live' {
        $before = [datetimeoffset]::UtcNow
        $null = 'a,b' | Push-ConsulMqItem jobs -Tag disk, nightly -Header @{ ticket = 'CHG-1' } -ContentType text/csv -TimeToLive 8h

        $message = Get-ConsulMqItem jobs
        $message.Tags | Should -Be ('disk', 'nightly')
        $message.Headers['ticket'] | Should -Be 'CHG-1'
        $message.ContentType | Should -Be 'text/csv'
        ($message.TtlDeadline - $before).TotalHours | Should -BeGreaterThan 7.9
        ($message.TtlDeadline - $before).TotalHours | Should -BeLessThan 8.1
    }

    It 'takes a time span as people write it: <span>' -ForEach @(
        @{ span = '24:00:00'; seconds = 86400 }
        @{ span = '36:00'; seconds = 129600 }
        @{ span = '1h 30m'; seconds = 5400 }
        @{ span = '.5 h'; seconds = 1800 }
        @{ span = @(30); seconds = 30 }
    ) {
        $message = Push-ConsulMqItem jobs x -TimeToLive $span
        ($message.TtlDeadline - $message.CreatedAt).TotalSeconds | Should -Be $seconds
    }

    It 'refuses a secret in every form that would show it' {
        $login = [pscredential]::new('me', [securestring]::new())
        $forms = if ($env:OS -eq 'Windows_NT') { 'Auto', 'Json' } else { 'Auto', 'Json', 'CliXml' }
        foreach ($form in $forms) {
            Push-ConsulMqItem jobs $login -As $form -ErrorAction SilentlyContinue -ErrorVariable failed
            $failed.FullyQualifiedErrorId | Should -Be 'InvalidBody,ConsulMq.Commands.PushItemCommand'
            $failed.ErrorDetails.RecommendedAction | Should -BeLike 'Push the name of the secret*'
        }
    }

    It 'pushes what Import-Clixml has read, or a job has returned, as the message that it was' {
        $null = 'text', @{ a = @{ b = 1 } } | Push-ConsulMqItem jobs -Tag t -Header @{ trace = 'x' }
        Pop-ConsulMqItem jobs -All | Export-Clixml "$TestDrive/items.xml"
        $null = Import-Clixml "$TestDrive/items.xml" | Push-ConsulMqItem copy

        $first, $second = Pop-ConsulMqItem copy -All
        $first.Body | Should -Be 'text'
        "$($first.Tags)$($first.Headers['trace'])" | Should -Be 'tx'
        $second.Body.a.b | Should -Be 1
        $second.ContentType | Should -Be 'application/json'
    }

    It 'never lets go of a message whose time is over' {
        $null = 'old' | Push-ConsulMqItem jobs -Ttl 1ms
        $null = 'new' | Push-ConsulMqItem jobs
        [Threading.Thread]::Sleep(20)

        (Pop-ConsulMqItem jobs -All).Body | Should -Be 'new'
    }

    It 'pushes to the front with -First and anywhere with -Position' {
        $null = 'a', 'b' | Push-ConsulMqItem jobs
        $null = 'first', 'second' | Push-ConsulMqItem jobs -First
        $null = 'middle' | Push-ConsulMqItem jobs -Position 3

        (Pop-ConsulMqItem jobs -All).Body | Should -Be ('first', 'second', 'a', 'middle', 'b')
    }

    It 'keeps a message out of the queue until it is due: <name>' -ForEach @(
        @{ name = '-Delay'; script = { Push-ConsulMqItem jobs late -Delay 1500ms } }
        @{ name = '-NotBefore'; script = { Push-ConsulMqItem jobs late -NotBefore ([datetime]::Now.AddSeconds(1.5)) } }
    ) {
        $pushed = & $script

        Pop-ConsulMqItem jobs | Should -BeNullOrEmpty
        (Get-ConsulMqQueue jobs).Scheduled | Should -Be 1
        $late = Pop-ConsulMqItem jobs -Timeout 30s
        $late.Id | Should -Be $pushed.Id
        [datetimeoffset]::UtcNow | Should -BeGreaterThan $pushed.NotBefore
    }

    It 'writes as -As says: <as>' -ForEach @(
        @{ as = 'Text'; body = 42; expected = '42'; contentType = 'text/plain; charset=utf-8' }
        @{ as = 'Json'; body = '{"a":[1,2]}'; expected = '@{a=System.Object[]}'; contentType = 'application/json' }
        @{ as = 'Auto'; body = 'x'; expected = 'x'; contentType = 'text/plain; charset=utf-8' }
    ) {
        $null = Push-ConsulMqItem jobs $body -As $as
        $back = Pop-ConsulMqItem jobs

        "$($back.Body)" | Should -Be $expected
        $back.ContentType | Should -Be $contentType
    }

    It 'keeps PowerShell types with -As CliXml' {
        $now = [datetime]::Now
        $null = Push-ConsulMqItem jobs ([pscustomobject] @{ at = $now; left = [timespan]::FromMinutes(3); big = [decimal] 1.10 }) -As CliXml

        $body = (Pop-ConsulMqItem jobs).Body
        $body.at | Should -Be $now
        $body.left | Should -BeOfType ([timespan])
        $body.big | Should -BeOfType ([decimal])
    }

    It 'takes objects as deep as -Depth says and cuts nothing off' {
        $deep = @{ a = @{ b = @{ c = 'bottom' } } }

        { $deep | Push-ConsulMqItem jobs -Depth 2 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidBody,ConsulMq.Commands.PushItemCommand'
        $null = $deep | Push-ConsulMqItem jobs -Depth 5
        (Pop-ConsulMqItem jobs).Body.a.b.c | Should -Be 'bottom'
    }

    It 'pushes once what has the same -DeduplicationId' {
        $rows = @([pscustomobject] @{ OrderId = 17 }, [pscustomobject] @{ OrderId = 18 })
        $first = $rows | Push-ConsulMqItem orders -DeduplicationId { $_.OrderId }
        $second = $rows | Push-ConsulMqItem orders -DeduplicationId { $_.OrderId }

        $second.IsDuplicate | Should -Be ($true, $true)
        $second.Id | Should -Be $first.Id
        (Get-ConsulMqQueue orders).Depth | Should -Be 2
    }

    It 'sends a message of another queue on with all that it has, under a new ID' {
        $one = 'x' | Push-ConsulMqItem jobs -Tag a -Header @{ h = 'v' }
        $two = Pop-ConsulMqItem jobs | Push-ConsulMqItem other

        $two.Id | Should -Not -Be $one.Id
        (Pop-ConsulMqItem other).Headers['h'] | Should -Be 'v'
    }

    It 'pushes through the connection that it is given' {
        $here = Get-ConsulMqConnection
        Connect-TestConsul
        $null = Push-ConsulMqItem jobs x -Connection $here

        Get-ConsulMqQueue | Should -BeNullOrEmpty
        (Pop-ConsulMqItem jobs -Connection $here).Body | Should -Be 'x'
        Disconnect-ConsulMq $here
    }

    Context 'when the queue is full' {
        BeforeEach { $null = New-ConsulMqQueue small -MaxDepth 2 }

        It 'refuses each item that has no room as an error of its own' {
            $pushed = 1..4 | Push-ConsulMqItem small -ErrorAction SilentlyContinue -ErrorVariable refused

            $pushed.Body | Should -Be (1, 2)
            $refused.FullyQualifiedErrorId | Should -Be @('QueueFull,ConsulMq.Commands.PushItemCommand', 'QueueFull,ConsulMq.Commands.PushItemCommand')
            $refused.TargetObject | Should -Be (3, 4)
        }

        It 'waits with -Timeout for as long as that' {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            { 1..3 | Push-ConsulMqItem small -Timeout 400ms -ErrorAction Stop } | Should -Throw -ErrorId 'QueueFull,ConsulMq.Commands.PushItemCommand'
            $watch.Elapsed.TotalMilliseconds | Should -BeGreaterThan 300
        }

        It 'waits with -Wait until there is room' {
            $connection = Get-ConsulMqConnection
            $null = 1..2 | Push-ConsulMqItem small
            $shell = [powershell]::Create()
            try {
                $null = $shell.AddScript({
                        param($manifest, $connection)
                        Import-Module $manifest
                        3 | Push-ConsulMqItem small -Wait -Connection $connection
                    }).AddArgument((Get-TestModulePath)).AddArgument($connection)
                $running = $shell.BeginInvoke()
                Wait-Condition -Seconds 2 { $running.IsCompleted } | Should -BeFalse

                (Pop-ConsulMqItem small).Body | Should -Be 1
                Wait-Condition { $running.IsCompleted } | Should -BeTrue
                $shell.EndInvoke($running).Body | Should -Be 3
            } finally {
                $shell.Stop()
                $shell.Dispose()
            }
        }
    }

    Context 'when an item cannot be pushed' {
        It 'says which, and goes on with the rest' {
            $loop = @{}
            $loop['self'] = $loop
            $pushed = 'a', $null, $loop, 'b' | Push-ConsulMqItem jobs -ErrorAction SilentlyContinue -ErrorVariable failed

            $pushed.Body | Should -Be ('a', 'b')
            $failed.FullyQualifiedErrorId | Should -Be @('InvalidBody,ConsulMq.Commands.PushItemCommand', 'InvalidBody,ConsulMq.Commands.PushItemCommand')
            [object]::ReferenceEquals($failed[1].TargetObject, $loop) | Should -BeTrue
            $failed[0].CategoryInfo.Category | Should -Be 'InvalidData'
        }

        It 'refuses a body over the limit of the queue' {
            $null = New-ConsulMqQueue short -MaxBodySize 1KB
            { Push-ConsulMqItem short ('x' * 2000) -ErrorAction Stop } | Should -Throw -ErrorId 'MessageTooLarge,ConsulMq.Commands.PushItemCommand'
        }
    }

    It 'refuses what makes no sense: <id>' -ForEach @(
        @{ id = 'InvalidQueueName'; script = { Push-ConsulMqItem a/b x } }
        @{ id = 'InvalidTimeToLive'; script = { Push-ConsulMqItem jobs x -TimeToLive 0 } }
        @{ id = 'InvalidDelay'; script = { Push-ConsulMqItem jobs x -Delay -1 } }
        @{ id = 'InvalidDelay'; script = { Push-ConsulMqItem jobs x -NotBefore ([datetime]::Now.AddHours(-1)) } }
        @{ id = 'DelayConflict'; script = { Push-ConsulMqItem jobs x -Delay 5 -NotBefore ([datetime]::Now.AddHours(1)) } }
        @{ id = 'PlaceConflict'; script = { Push-ConsulMqItem jobs x -First -Position 3 } }
        @{ id = 'ParameterArgumentTransformationError'; script = { 'x' | Push-ConsulMqItem jobs -Tag { $_ } } }
        @{ id = 'ParameterArgumentTransformationError'; script = { Push-ConsulMqItem @{ a = 1 } jobs } }
        @{ id = 'PlaceConflict'; script = { Push-ConsulMqItem jobs x -First -Delay 5m } }
        @{ id = 'PositionOutOfRange'; script = { Push-ConsulMqItem jobs x -Position 5 } }
        @{ id = 'InvalidTimeout'; script = { Push-ConsulMqItem jobs x -Timeout -1 } }
        @{ id = 'InvalidHeader'; script = { Push-ConsulMqItem jobs x -Header @{ a = $null } } }
        @{ id = 'InvalidSetting'; script = { Push-ConsulMqItem jobs x -DeduplicationId '' } }
        @{ id = 'ContentTypeConflict'; script = { Push-ConsulMqItem jobs x -As CliXml -ContentType text/plain } }
        @{ id = 'InvalidBody'; script = { Push-ConsulMqItem jobs '{' -As Json } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.PushItemCommand"
        Get-ConsulMqQueue | Should -BeNullOrEmpty
    }
}
