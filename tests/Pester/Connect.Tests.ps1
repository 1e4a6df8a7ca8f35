BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Connect-ConsulMq' {
    BeforeEach {
        $address = Get-TestAddress
        $prefix = 'pester/' + [guid]::NewGuid().ToString('n')
    }

    AfterEach { Disconnect-ConsulMq }

    It 'returns the connection and makes it the current one' {
        $connection = Connect-ConsulMq $address -Prefix $prefix -NoRegister

        $connection.Address.TrimEnd('/') | Should -Be $address
        $connection.Prefix | Should -Be $prefix
        $connection.DefaultQueue | Should -Be 'consulmq'
        $connection.ConsulVersion | Should -Match '^\d+\.\d+\.\d+'
        Get-ConsulMqConnection | Should -Be $connection
    }

    It 'takes -DefaultQueue for the commands that name none' {
        $null = Connect-ConsulMq -Address $address -Prefix $prefix -DefaultQueue nightly -NoRegister

        ('x' | Push-ConsulMqItem).Queue | Should -Be 'nightly'
        (Pop-ConsulMqItem).Body | Should -Be 'x'
    }

    It 'keeps queues of one prefix apart from those of another' {
        $one = Connect-ConsulMq $address -Prefix "$prefix/one" -NoRegister
        $other = Connect-ConsulMq $address -Prefix "$prefix/other" -NoRegister

        $null = Push-ConsulMqItem jobs x -Connection $one

        (Get-ConsulMqQueue -Connection $one).Name | Should -Be 'jobs'
        Get-ConsulMqQueue -Connection $other | Should -BeNullOrEmpty
    }

    It 'connects by the environment at the first command, and says so' {
        $former = $env:CONSUL_HTTP_ADDR
        try {
            $env:CONSUL_HTTP_ADDR = $address
            $told = Get-ConsulMqQueue 'nothing-of-the-kind-*' -Verbose 4>&1

            "$told" | Should -Match ([regex]::Escape($address))
            (Get-ConsulMqConnection).Address.TrimEnd('/') | Should -Be $address
        } finally {
            $env:CONSUL_HTTP_ADDR = $former
        }
    }

    It 'needs no Consul with -InMemory' {
        $null = Connect-ConsulMq -InMemory

        (Push-ConsulMqItem jobs 'x').Queue | Should -Be 'jobs'
        (Pop-ConsulMqItem jobs).Body | Should -Be 'x'
    }

    It 'names the datacenter that -Datacenter asks for' {
        $there = (Connect-ConsulMq $address -NoRegister).Datacenter
        (Connect-ConsulMq $address -Datacenter $there -NoRegister).Datacenter | Should -Be $there
        { Connect-ConsulMq $address -Datacenter nowhere -NoRegister -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConsulError,ConsulMq.Commands.ConnectCommand' -ExpectedMessage '*datacenter*'
    }

    It 'never shows a token, as text or as a secure string' {
        $secret = [guid]::NewGuid().ToString()
        $secure = [securestring]::new()
        foreach ($character in $secret.ToCharArray()) { $secure.AppendChar($character) }

        foreach ($token in $secret, $secure) {
            # -Debug would ask at each line in Windows PowerShell.
            $told = & {
                $DebugPreference = 'Continue'
                Connect-ConsulMq $address -Token $token -Prefix $prefix -NoRegister -Verbose 4>&1 5>&1
            }

            "$told" | Should -Not -Match $secret
            ($told | Format-List -Property * -Force | Out-String -Width 500) | Should -Not -Match $secret
            (Push-ConsulMqItem jobs 'x').Queue | Should -Be 'jobs'
        }
    }

    It 'reads the token from the file that -TokenFile names' {
        $file = [IO.Path]::Combine((New-TestFolder $TestDrive), 'token')
        [IO.File]::WriteAllText($file, [guid]::NewGuid().ToString())

        $null = Connect-ConsulMq $address -TokenFile $file -Prefix $prefix -NoRegister -WarningAction SilentlyContinue

        (Push-ConsulMqItem jobs 'x').Queue | Should -Be 'jobs'
    }

    It 'asks for the namespace and the partition that it is given, which are refused where there are none' {
        $DebugPreference = 'Continue'
        $asked = @()
        try { Connect-ConsulMq $address -Namespace team -Partition north -Prefix $prefix -NoRegister -ErrorAction Stop 5>&1 | ForEach-Object { $asked += "$_" } } catch {
            $_.FullyQualifiedErrorId | Should -Be 'ConsulError,ConsulMq.Commands.ConnectCommand'
            "$_" | Should -Match 'Enterprise'
        }

        "$asked" | Should -Match 'ns=team'
        "$asked" | Should -Match 'partition=north'
    }

    It 'lets nothing go to another Consul after it has failed' {
        { Connect-ConsulMq 127.0.0.1:1 -Timeout 1s -ErrorAction Stop } | Should -Throw -ErrorId 'ConsulUnreachable,ConsulMq.Commands.ConnectCommand'
        { 'x' | Push-ConsulMqItem jobs -ErrorAction Stop } | Should -Throw -ErrorId 'NotConnected,ConsulMq.Commands.PushItemCommand'
        Get-ConsulMqConnection | Should -BeNullOrEmpty
    }

    It 'says in time that nobody answers' {
        $port = Get-FreePort 1
        $watch = [Diagnostics.Stopwatch]::StartNew()

        { Connect-ConsulMq "127.0.0.1:$port" -Timeout 1s -ErrorAction Stop } | Should -Throw -ErrorId 'ConsulUnreachable,ConsulMq.Commands.ConnectCommand'
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 15
    }

    It 'says in time that somebody is there and does not answer' {
        $mute = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $mute.Start()
        try {
            { Connect-ConsulMq "$($mute.LocalEndpoint)" -Timeout 500ms } | Should -Throw -ErrorId 'Timeout,ConsulMq.Commands.ConnectCommand'
        } finally {
            $mute.Stop()
        }
    }

    It 'says of https where http is spoken what is wrong, whatever TLS is told' {
        $https = $address -replace '^http:', 'https:'

        { Connect-ConsulMq $https } | Should -Throw -ErrorId 'TlsFailure,ConsulMq.Commands.ConnectCommand'
        { Connect-ConsulMq $https -SkipCertificateCheck -WarningAction SilentlyContinue } | Should -Throw -ErrorId 'TlsFailure,ConsulMq.Commands.ConnectCommand'
        # Windows PowerShell has no other name to go by, and says so.
        $id = if (Test-DesktopBuild) { 'InvalidConnectionSettings' } else { 'TlsFailure' }
        { Connect-ConsulMq $https -TlsServerName consul.example } | Should -Throw -ErrorId "$id,ConsulMq.Commands.ConnectCommand"
    }

    It 'warns of -SkipCertificateCheck' {
        $https = $address -replace '^http:', 'https:'
        try { $null = Connect-ConsulMq $https -SkipCertificateCheck -WarningVariable warned -WarningAction SilentlyContinue } catch { "$_" | Should -Not -BeNullOrEmpty }

        "$warned" | Should -Match 'SkipCertificateCheck'
    }

    It 'says which certificate it cannot use: <name>' -ForEach @(
        @{ name = '-CaCertificate'; said = 'broken.pem', 'broken.pem'; script = { Connect-ConsulMq $https -CaCertificate "$broken.pem" } }
        @{ name = '-ClientCertificate'; said = 'broken.pem', 'PFX only'; script = { Connect-ConsulMq $https -ClientCertificate "$broken.pem" } }
        @{ name = '-ClientKey'; said = 'broken.pem', 'PFX only'; script = { Connect-ConsulMq $https -ClientCertificate "$broken.pem" -ClientKey "$broken.pem" -WarningAction SilentlyContinue } }
        @{ name = '-ClientCertificatePassword'; said = 'broken.pfx', 'broken.pfx'; script = { Connect-ConsulMq $https -ClientCertificate "$broken.pfx" -ClientCertificatePassword secret -WarningAction SilentlyContinue } }
    ) {
        $https = $address -replace '^http:', 'https:'
        $broken = [IO.Path]::Combine((New-TestFolder $TestDrive), 'broken')
        foreach ($ending in 'pem', 'pfx') { [IO.File]::WriteAllText("$broken.$ending", 'no certificate') }

        { & $script } | Should -Throw -ErrorId '*,ConsulMq.Commands.ConnectCommand' -ExpectedMessage "*$($said[[int] (Test-DesktopBuild)])*"
    }

    It 'refuses what makes no sense: <id>' -ForEach @(
        @{ id = 'InvalidConnectionSettings'; script = { Connect-ConsulMq ftp://here } }
        @{ id = 'InvalidConnectionSettings'; script = { Connect-ConsulMq -InMemory -Prefix a//b } }
        @{ id = 'InvalidConnectionSettings'; script = { Connect-ConsulMq -Token a -TokenFile b } }
        @{ id = 'InvalidQueueName'; script = { Connect-ConsulMq -InMemory -DefaultQueue a/b } }
        @{ id = 'InvalidTimeout'; script = { Connect-ConsulMq -InMemory -Timeout 0 } }
        @{ id = 'InvalidSessionTtl'; script = { Connect-ConsulMq -InMemory -SessionTtl 5s } }
    ) {
        { & $script } | Should -Throw -ErrorId "$id,ConsulMq.Commands.ConnectCommand"
    }

    It 'holds leases by sessions of the time to live that -SessionTtl gives' {
        $null = Connect-ConsulMq $address -Prefix $prefix -SessionTtl 42s -NoRegister
        $null = 'x' | Push-ConsulMqItem jobs
        $item = Pop-ConsulMqItem jobs -Lease

        $session = Invoke-RestMethod -Uri "$address/v1/session/info/$(($item.ReceiptHandle -split '/')[0])" -UseBasicParsing
        # A part of it is kept back, for the way to Consul.
        [double] ($session.TTL -replace 'ms$') | Should -BeGreaterThan 30000
        [double] ($session.TTL -replace 'ms$') | Should -BeLessOrEqual 42000
    }
}

Describe 'Disconnect-ConsulMq' {
    BeforeEach { Connect-TestConsul }

    It 'ends the current connection' {
        $connection = Get-ConsulMqConnection
        Disconnect-ConsulMq

        Get-ConsulMqConnection | Should -BeNullOrEmpty
        { Get-ConsulMqQueue -Connection $connection -ErrorAction Stop } | Should -Throw -ErrorId 'ConnectionClosed,ConsulMq.Commands.GetQueueCommand'
    }

    It 'ends the one that it is given, by name or piped, and leaves the current one' {
        $current = Get-ConsulMqConnection
        $one = Connect-ConsulMq (Get-TestAddress) -Prefix $current.Prefix -NoRegister
        $other = Connect-ConsulMq (Get-TestAddress) -Prefix $current.Prefix -NoRegister

        Disconnect-ConsulMq -Connection $one
        { Get-ConsulMqQueue -Connection $one -ErrorAction Stop } | Should -Throw -ErrorId 'ConnectionClosed,ConsulMq.Commands.GetQueueCommand'
        { Get-ConsulMqQueue -Connection $other -ErrorAction Stop } | Should -Not -Throw
        Get-ConsulMqConnection | Should -Be $other

        $other | Disconnect-ConsulMq
        Get-ConsulMqConnection | Should -BeNullOrEmpty
        Disconnect-ConsulMq -Connection $current
    }

    It 'does nothing where there is nothing to end' {
        Disconnect-ConsulMq
        { Disconnect-ConsulMq -ErrorAction Stop } | Should -Not -Throw
    }
}

Describe 'Get-ConsulMqConnection' {
    It 'gives the current connection, and nothing where there is none' {
        $connection = Connect-ConsulMq (Get-TestAddress) -NoRegister
        Get-ConsulMqConnection | Should -Be $connection

        Disconnect-ConsulMq
        Get-ConsulMqConnection | Should -BeNullOrEmpty
    }

    It 'fits in 80 columns and tells where it leads' {
        $null = Connect-ConsulMq (Get-TestAddress) -Prefix pester/shown -NoRegister
        $shown = @(Get-ConsulMqConnection | Get-Display)

        ($shown | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $shown -join "`n" | Should -Match 'pester/shown'
    }
}
