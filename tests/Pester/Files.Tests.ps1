BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Push-ConsulMqItem with files' {
    BeforeEach {
        Connect-TestConsul
        Push-Location (New-TestFolder $TestDrive)
        $here = (Get-Location).ProviderPath
        [IO.File]::WriteAllText("$here/a.dmp", 'first dump')
        [IO.File]::WriteAllText("$here/b.dmp", 'second dump')
        [IO.File]::WriteAllText("$here/c[1].txt", 'brackets')
    }

    AfterEach { Pop-Location }

    It 'pushes the content of files, each as one message with its name' {
        $pushed = Push-ConsulMqItem dumps -Path ./*.dmp

        ($pushed | ForEach-Object { $_.Headers['consulmq-file-name'] }) | Should -Be ('a.dmp', 'b.dmp')
        [Text.Encoding]::UTF8.GetString((Pop-ConsulMqItem dumps).Body) | Should -Be 'first dump'
    }

    It 'takes -LiteralPath as it is' {
        $pushed = Push-ConsulMqItem dumps -LiteralPath 'c[1].txt'
        $pushed.Headers['consulmq-file-name'] | Should -Be 'c[1].txt'
    }

    It 'takes files from the pipeline by -Path { $_.FullName }, and their paths without it' {
        $null = Get-ChildItem *.dmp | Push-ConsulMqItem dumps -Path { $_.FullName }
        $null = Get-ChildItem a.dmp | Push-ConsulMqItem paths

        (Get-ConsulMqQueue dumps).Depth | Should -Be 2
        (Pop-ConsulMqItem paths).Body | Should -Be ([IO.Path]::Combine($here, 'a.dmp'))
    }

    It 'says which file it cannot push, and goes on: <id>' -ForEach @(
        @{ id = 'FileNotFound'; path = 'nobody.dmp' }
        @{ id = 'FileNotFound'; path = 'nobody*.dmp' }
        @{ id = 'PathIsDirectory'; path = '.' }
        @{ id = 'NotAFileSystemPath'; path = 'Env:PATH' }
    ) {
        $pushed = Push-ConsulMqItem dumps -Path a.dmp, $path, b.dmp -ErrorAction SilentlyContinue -ErrorVariable failed

        $pushed.Count | Should -Be 2
        $failed.FullyQualifiedErrorId | Should -Be "$id,ConsulMq.Commands.PushItemCommand"
    }
}

Describe 'Pop-ConsulMqItem into files' {
    BeforeEach {
        Connect-TestConsul
        Push-Location (New-TestFolder $TestDrive)
        $here = (Get-Location).ProviderPath
        $null = 'text' | Push-ConsulMqItem jobs -Header @{ 'consulmq-file-name' = 'name.txt' }
    }

    AfterEach { Pop-Location }

    It 'writes the body into the file that -OutFile names' {
        $popped = Pop-ConsulMqItem jobs -OutFile out.txt

        [IO.File]::ReadAllText("$here/out.txt") | Should -Be 'text'
        $popped.Body.FullName | Should -Be ([IO.Path]::Combine($here, 'out.txt'))
        Get-ConsulMqItem jobs | Should -BeNullOrEmpty
    }

    It 'writes each message of many into a file of a folder, by its name' {
        $null = 'other' | Push-ConsulMqItem jobs
        $null = New-Item -ItemType Directory -Name out
        $popped = Pop-ConsulMqItem jobs -All -OutFile out

        (Get-ChildItem out).Name | Sort-Object | Should -Be (('name.txt', "$($popped[1].Id)") | Sort-Object)
    }

    It 'replaces a file only with -Force, and takes nothing without' {
        [IO.File]::WriteAllText("$here/out.txt", 'old')

        { Pop-ConsulMqItem jobs -OutFile out.txt -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,ConsulMq.Commands.PopItemCommand'
        [IO.File]::ReadAllText("$here/out.txt") | Should -Be 'old'
        (Get-ConsulMqQueue jobs).Depth | Should -Be 1

        $null = Pop-ConsulMqItem jobs -OutFile out.txt -Force
        [IO.File]::ReadAllText("$here/out.txt") | Should -Be 'text'
    }

    It 'never replaces a file that it has written itself, -Force or not' {
        $null = 'second' | Push-ConsulMqItem jobs -Header @{ 'consulmq-file-name' = 'name.txt' }
        $null = New-Item -ItemType Directory -Name out
        $null = Pop-ConsulMqItem jobs -All -OutFile out -Force -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.FullyQualifiedErrorId | Should -Be 'FileExists,ConsulMq.Commands.PopItemCommand'
        [IO.File]::ReadAllText("$here/out/name.txt") | Should -Be 'text'
        (Pop-ConsulMqItem jobs).Body | Should -Be 'second'
    }

    It 'takes nothing where nothing can be written: <id>' -ForEach @(
        @{ id = 'FileNotFound'; arguments = @{ OutFile = 'nowhere/out.txt' } }
        @{ id = 'NotAFileSystemPath'; arguments = @{ OutFile = 'Env:OUT' } }
        @{ id = 'OutFileNotDirectory'; arguments = @{ OutFile = 'one.txt'; All = $true } }
    ) {
        { Pop-ConsulMqItem jobs @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$id,ConsulMq.Commands.PopItemCommand"
        (Get-ConsulMqQueue jobs).Depth | Should -Be 1
    }
}
