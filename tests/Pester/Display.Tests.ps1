# What Tab offers, and what a screen of 80 columns shows.
BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
}

AfterAll { Stop-TestConsul }

Describe 'Tab' {
    BeforeAll {
        Connect-TestConsul
        $null = foreach ($name in 'mail', 'my queue', "it's", 'other') { Push-ConsulMqItem $name x }
    }

    It 'offers the queues that are there, quoted where need be: <line>' -ForEach @(
        @{ line = 'Pop-ConsulMqItem m'; offered = @('mail', "'my queue'") }
        @{ line = "Get-ConsulMqItem 'my"; offered = @("'my queue'") }
        @{ line = 'Clear-ConsulMq i'; offered = @("'it''s'") }
        @{ line = 'Move-ConsulMqItem mail -Destination oth'; offered = @('other') }
        @{ line = 'Connect-ConsulMq -DefaultQueue ot'; offered = @('other') }
        @{ line = 'Set-ConsulMqQueue -Queue mai'; offered = @('mail') }
        @{ line = 'Invoke-ConsulMqWorker mai'; offered = @('mail') }
        @{ line = 'Find-ConsulMqItem oth'; offered = @('other') }
    ) {
        Get-Completion $line | Should -Be $offered
    }

    It 'offers the values of -State and -As' {
        Get-Completion 'Find-ConsulMqItem mail -State ' | Should -Contain 'InFlight'
        Get-Completion 'Push-ConsulMqItem mail x -As C' | Should -Be 'CliXml'
    }

    It 'offers every cmdlet' {
        Get-Completion 'Pop-Consul' | Should -Be 'Pop-ConsulMqItem'
    }

    It 'offers no queues, and does not fail, where nobody answers' {
        $former = $env:CONSUL_HTTP_ADDR
        $connection = Get-ConsulMqConnection
        try {
            Disconnect-ConsulMq
            $env:CONSUL_HTTP_ADDR = "127.0.0.1:$(Get-FreePort 1)"
            Get-Completion 'Pop-ConsulMqItem mai' | Should -Not -Contain 'mail'
        } finally {
            $env:CONSUL_HTTP_ADDR = $former
            $null = Connect-ConsulMq $connection.Address -Prefix $connection.Prefix -NoRegister
        }
    }
}

Describe 'A screen of 80 columns' {
    BeforeAll {
        Connect-TestConsul
        $null = Push-ConsulMqItem jobs ('long ' * 100) -Tag one, two, three -TimeToLive 1h
        $null = Push-ConsulMqItem jobs "red $([char] 27)[31m`nline"
    }

    It 'shows messages as a table, one line each' {
        $shown = @(Get-ConsulMqItem jobs -All | Get-Display)

        $shown[0] -split ' +' | Should -Be @('Id', 'Age', 'Size', 'Del', 'Tags', 'Body')
        $shown.Count | Should -Be 4
        ($shown | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'marks a push that was none' {
        $null = Push-ConsulMqItem twice first -DeduplicationId same
        Push-ConsulMqItem twice second -DeduplicationId same | Out-String -Width 200 | Should -Match '\(duplicate\) second'
        Push-ConsulMqItem twice second -DeduplicationId same | Format-List | Out-String | Should -Match 'IsDuplicate +: True'
    }

    It 'shows what went through Export-Clixml as it showed before, in tables and lists' {
        $null = Push-ConsulMqItem shown 'the body' -Tag one
        $null = Register-ConsulMqQueueCheck shown -WarningDepth 9
        $lease = Pop-ConsulMqItem shown -LeaseDuration 10m
        $live = @(
            (Push-ConsulMqItem shown 'the body' -Tag one), (Find-ConsulMqItem shown), (Get-ConsulMqIndex shown), (Get-ConsulMqQueue shown), (Get-ConsulMqConnection),
            (Register-ConsulMqQueueCheck shown -WarningDepth 9), $lease, $lease.Lease, (Update-ConsulMqLease $lease)
        )
        foreach ($one in $live) {
            $one | Export-Clixml "$TestDrive/one.xml"
            foreach ($view in 'Format-Table', 'Format-List') {
                $before = $one | & $view | Out-String -Width 200
                $Error.Clear()
                $after = Import-Clixml "$TestDrive/one.xml" | & $view | Out-String -Width 200
                $Error | Should -BeNullOrEmpty
                # A second may have gone by.
                $after -replace '\d+(s|m)\b' -replace '\s+', ' ' | Should -Be ($before -replace '\d+(s|m)\b' -replace '\s+', ' ')
            }
        }
    }

    It 'shows no control character of a message' {
        $text = Get-ConsulMqItem jobs -Last | Out-String -Width 80
        $text -replace "$([char] 27)\[[0-9;]*m" | Should -Not -Match ([char] 27)
        ($text -split '\r?\n' | Where-Object { $_ -match 'red' }) | Should -Match 'line'
    }

    It 'shows all that a message has with Format-List' {
        $text = Get-ConsulMqItem jobs | Format-List | Out-String -Width 80
        foreach ($name in 'Id', 'Queue', 'CreatedAt', 'TtlDeadline', 'DeliveryCount', 'Tags', 'Headers', 'ContentType', 'Size', 'Body') {
            $text | Should -Match "(?m)^$name +:"
        }
    }

    It 'shows a queue''s settings with Format-List' {
        $text = Get-ConsulMqQueue jobs | Format-List | Out-String -Width 80
        foreach ($name in 'Name', 'Depth', 'MaxDeliveries', 'StrictOrder', 'MaxBodySize', 'CreatedAt') { $text | Should -Match "(?m)^$name +:" }
    }
}
