BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Export-ConsulMqQueue' {
    BeforeEach {
        Connect-TestConsul
        Push-Location (New-TestFolder $TestDrive)
        $here = (Get-Location).ProviderPath
        $null = 'a', 'b' | Push-ConsulMqItem jobs
        $null = 'late' | Push-ConsulMqItem jobs -Delay 1h
        $null = Pop-ConsulMqItem jobs -Lease
    }

    AfterEach { Pop-Location }

    It 'writes one line for each message, and leaves the queue as it was' {
        Export-ConsulMqQueue jobs jobs.jsonl | Should -BeNullOrEmpty

        $lines = [IO.File]::ReadAllLines("$here/jobs.jsonl")
        @($lines | Where-Object { $_ -match '^{"id"' }).Count | Should -Be 3
        ($lines[0] | ConvertFrom-Json).consulmq | Should -Be 1
        $queue = Get-ConsulMqQueue jobs
        $queue.Depth, $queue.InFlight, $queue.Scheduled | Should -Be (1, 1, 1)
    }

    It 'packs a file that ends in .gz, and returns it with -PassThru' {
        $file = Export-ConsulMqQueue -Queue jobs -Path jobs.jsonl.gz -PassThru -Connection (Get-ConsulMqConnection)

        $file.FullName | Should -Be ([IO.Path]::Combine($here, 'jobs.jsonl.gz'))
        [IO.File]::ReadAllBytes($file.FullName)[0..1] | Should -Be (0x1F, 0x8B)
    }

    It 'writes only what -State names' {
        Export-ConsulMqQueue jobs ready.jsonl -State Ready
        (Import-ConsulMqQueue ready.jsonl copy -PassThru).Lines | Should -Be 1
    }

    It 'writes nothing with -WhatIf' {
        Export-ConsulMqQueue jobs none.jsonl -WhatIf
        Test-Path none.jsonl | Should -BeFalse
    }

    It 'replaces a file only with -Force' {
        [IO.File]::WriteAllText("$here/jobs.jsonl", 'old')
        { Export-ConsulMqQueue jobs jobs.jsonl -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,ConsulMq.Commands.ExportQueueCommand'
        [IO.File]::ReadAllText("$here/jobs.jsonl") | Should -Be 'old'

        Export-ConsulMqQueue jobs jobs.jsonl -Force
        [IO.File]::ReadAllText("$here/jobs.jsonl") | Should -BeLike '{"consulmq":1*'
    }

    It 'exports each queue of a pipeline into a file of its own' {
        $null = 'x' | Push-ConsulMqItem other
        Get-ConsulMqQueue | Export-ConsulMqQueue -Path { "$($_.Name).jsonl" }
        (Get-ChildItem *.jsonl).Name | Sort-Object | Should -Be ('jobs.jsonl', 'other.jsonl')
    }

    It 'refuses what cannot be, and leaves no file behind: <id>' -ForEach @(
        @{ id = 'QueueNotFound'; script = { Export-ConsulMqQueue nobody out.jsonl } }
        @{ id = 'FileNotFound'; script = { Export-ConsulMqQueue jobs nowhere/out.jsonl } }
        @{ id = 'PathIsDirectory'; script = { Export-ConsulMqQueue jobs . } }
        @{ id = 'NotAFileSystemPath'; script = { Export-ConsulMqQueue jobs Env:OUT } }
        @{ id = 'ParameterArgumentValidationError'; script = { Export-ConsulMqQueue jobs out.jsonl -State Dead } }
    ) {
        $ErrorActionPreference = 'Stop'
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.ExportQueueCommand"
        Get-ChildItem | Should -BeNullOrEmpty
    }
}

Describe 'Import-ConsulMqQueue' {
    BeforeEach {
        Connect-TestConsul
        Push-Location (New-TestFolder $TestDrive)
        $here = (Get-Location).ProviderPath
        $null = 1..20 | Push-ConsulMqItem jobs -Tag t -Header @{ h = 'v' }
        Export-ConsulMqQueue jobs jobs.jsonl
    }

    AfterEach { Pop-Location }

    It 'brings a queue back as it was' {
        Remove-ConsulMqQueue jobs -Confirm:$false
        Import-ConsulMqQueue jobs.jsonl | Should -BeNullOrEmpty

        $all = Pop-ConsulMqItem jobs -All
        $all.Body | Should -Be (1..20)
        $all[0].Tags | Should -Be 't'
        $all[0].Headers['h'] | Should -Be 'v'
    }

    It 'adds nothing twice, also when the messages are gone' {
        $null = Import-ConsulMqQueue jobs.jsonl copy -PassThru
        $null = Pop-ConsulMqItem copy -All
        $again = Import-ConsulMqQueue -Path jobs.jsonl -Queue copy -PassThru -Connection (Get-ConsulMqConnection)

        $again.Added | Should -Be 0
        $again.Skipped | Should -Be 20
        ($again | Get-Display | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'takes a -LiteralPath as it is, and files from the pipeline' {
        Copy-Item jobs.jsonl 'c[1].jsonl'
        (Import-ConsulMqQueue -LiteralPath 'c[1].jsonl' -Queue copy -PassThru).Added | Should -Be 20
        (Get-ChildItem jobs.jsonl | Import-ConsulMqQueue -Queue piped -PassThru).Added | Should -Be 20
    }

    It 'imports nothing with -WhatIf' {
        Import-ConsulMqQueue jobs.jsonl copy -WhatIf
        (Get-ConsulMqQueue).Name | Should -Be 'jobs'
    }

    It 'stops at a full queue, and waits for room with -Wait and -Timeout' {
        $null = New-ConsulMqQueue small -MaxDepth 5
        { Import-ConsulMqQueue jobs.jsonl small -ErrorAction Stop } | Should -Throw -ErrorId 'QueueFull,ConsulMq.Commands.ImportQueueCommand'
        { Import-ConsulMqQueue jobs.jsonl small -Timeout 300ms -ErrorAction Stop } | Should -Throw -ErrorId 'QueueFull,ConsulMq.Commands.ImportQueueCommand'

        Set-ConsulMqQueue small -MaxDepth $null
        Import-ConsulMqQueue jobs.jsonl small -Wait
        (Get-ConsulMqQueue small).Depth | Should -Be 20
    }

    It 'says at which line a file is broken; what came before it is in the queue' {
        $lines = [IO.File]::ReadAllLines("$here/jobs.jsonl")
        [IO.File]::WriteAllLines("$here/cut.jsonl", [string[]] ($lines[0..9] + $lines[10].Substring(0, 20)))

        $result = Import-ConsulMqQueue cut.jsonl copy -PassThru -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.FullyQualifiedErrorId | Should -Be 'InvalidImportLine,ConsulMq.Commands.ImportQueueCommand'
        "$failed" | Should -Match 'Line 11'
        $result.Added | Should -Be 9
        (Pop-ConsulMqItem copy -All).Body | Should -Be (1..9)
    }

    It 'refuses what it cannot read: <id>' -ForEach @(
        @{ id = 'FileNotFound'; path = 'nobody.jsonl' }
        @{ id = 'FileNotFound'; path = 'nobody*.jsonl' }
        @{ id = 'PathIsDirectory'; path = '.' }
        @{ id = 'NotGzip'; path = 'plain.gz' }
        @{ id = 'NotAFileSystemPath'; path = 'Env:PATH' }
    ) {
        [IO.File]::WriteAllText("$here/plain.gz", 'plain')
        { Import-ConsulMqQueue $path copy -ErrorAction Stop } | Should -Throw -ErrorId "$id,ConsulMq.Commands.ImportQueueCommand"
    }

    It 'refuses a timeout in the past and the name of no queue' {
        { Import-ConsulMqQueue jobs.jsonl -Timeout -1 } | Should -Throw -ErrorId 'InvalidTimeout,ConsulMq.Commands.ImportQueueCommand'
        { Import-ConsulMqQueue jobs.jsonl a/b } | Should -Throw -ErrorId 'InvalidQueueName,ConsulMq.Commands.ImportQueueCommand'
    }
}
