# How the cmdlets go together with the rest of PowerShell.
BeforeDiscovery {
    $hasParallel = $PSVersionTable.PSVersion.Major -ge 7
    $hasThreadJobs = [bool] (Get-Command -Name Start-ThreadJob -ErrorAction SilentlyContinue)
}

BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Start-TestConsul
    $manifest = Get-TestModulePath
}

AfterAll { Stop-TestConsul }

Describe 'Messages in files of PowerShell' {
    BeforeEach {
        Connect-TestConsul
        Push-Location (New-TestFolder $TestDrive)
        $null = [pscustomobject] @{ host = 'web-042'; disks = 1, 2 } | Push-ConsulMqItem jobs -Tag disk -Header @{ h = 'v' }
    }

    AfterEach { Pop-Location }

    It 'are completed from ConvertTo-Json and ConvertFrom-Json' {
        Pop-ConsulMqItem jobs -LeaseDuration 30m | ConvertTo-Json | Set-Content job.json
        $job = Get-Content -Raw job.json | ConvertFrom-Json

        $job.Body.host | Should -Be 'web-042'
        (Get-Content -Raw job.json | ConvertFrom-Json | Update-ConsulMqLease).Id | Should -Be $job.Id
        Get-Content -Raw job.json | ConvertFrom-Json | Complete-ConsulMqItem
        (Get-ConsulMqQueue jobs).InFlight | Should -Be 0
    }

    It 'are completed from Export-Clixml and Import-Clixml' {
        Pop-ConsulMqItem jobs -LeaseDuration 30m | Export-Clixml job.xml
        Import-Clixml job.xml | Complete-ConsulMqItem
        (Get-ConsulMqQueue jobs).InFlight | Should -Be 0
    }

    It 'are given back from Export-Csv and Import-Csv' {
        Pop-ConsulMqItem jobs -LeaseDuration 30m | Select-Object Id, Queue, ReceiptHandle | Export-Csv job.csv -NoTypeInformation
        Import-Csv job.csv | Undo-ConsulMqItem
        (Pop-ConsulMqItem jobs).DeliveryCount | Should -Be 1
    }

    It 'come from a table, line by line' {
        Set-Content orders.csv 'OrderId,Article', '17,disk', '18,fan'
        $null = Import-Csv orders.csv | Push-ConsulMqItem orders -DeduplicationId { $_.OrderId }
        $null = Import-Csv orders.csv | Push-ConsulMqItem orders -DeduplicationId { $_.OrderId }

        $orders = Pop-ConsulMqItem orders -All
        $orders.Body.Article | Should -Be ('disk', 'fan')
    }

    It 'go through Where-Object, Sort-Object, Group-Object and Select-Object' {
        $null = 3, 1, 2 | Push-ConsulMqItem numbers
        Get-ConsulMqItem numbers -All | Sort-Object Body | ForEach-Object Body | Should -Be (1, 2, 3)
        (Get-ConsulMqItem numbers -All | Where-Object Body -GT 1).Count | Should -Be 2
        (Get-ConsulMqItem numbers -All | Group-Object Queue).Count | Should -Be 3
        Get-ConsulMqItem numbers | Select-Object -ExpandProperty Id | Should -BeOfType ([guid])
    }
}

Describe 'Several at a time' {
    BeforeEach {
        Connect-TestConsul
        $connection = Get-ConsulMqConnection
    }

    # Only where PowerShell has it: nothing of this suite is skipped.
    if ($hasParallel) {
        It 'push and pop with ForEach-Object -Parallel, each message once' {
            $null = 1..40 | Push-ConsulMqItem jobs
            $found = 1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
                Import-Module $using:manifest
                Pop-ConsulMqItem jobs -Count 10 -Connection $using:connection | ForEach-Object Body
            }
            $found | Sort-Object | Should -Be (1..40)
        }
    }

    if ($hasThreadJobs) {
        It 'push from a thread job over the same connection' {
            $job = Start-ThreadJob { Import-Module $using:manifest; 'from a thread' | Push-ConsulMqItem jobs -Connection $using:connection }
            ($job | Receive-Job -Wait -AutoRemoveJob).Body | Should -Be 'from a thread'
            (Pop-ConsulMqItem jobs).Body | Should -Be 'from a thread'
        }
    }

    It 'work in a job, a process of its own with a connection of its own' {
        $null = 'work' | Push-ConsulMqItem jobs
        $job = Start-Job {
            Import-Module $using:manifest
            $null = Connect-ConsulMq ($using:connection).Address -Prefix ($using:connection).Prefix -NoRegister
            Pop-ConsulMqItem jobs -LeaseDuration 10m
        }
        $item = $job | Receive-Job -Wait -AutoRemoveJob

        $item.Body | Should -Be 'work'
        $item | Complete-ConsulMqItem
        (Get-ConsulMqQueue jobs).InFlight | Should -Be 0
    }
}

Describe 'Errors' {
    BeforeEach { Connect-TestConsul }

    It 'are written and do not end a script, unless it asks for that' {
        $went = & {
            $ErrorActionPreference = 'SilentlyContinue'
            Clear-ConsulMq nobody
            'on'
        }
        $went | Should -Be 'on'

        { $ErrorActionPreference = 'Stop'; Clear-ConsulMq nobody } | Should -Throw -ErrorId 'QueueNotFound,ConsulMq.Commands.ClearCommand'
        { Clear-ConsulMq nobody -ErrorAction Stop } | Should -Throw -ErrorId 'QueueNotFound,ConsulMq.Commands.ClearCommand'
    }

    It 'are kept in -ErrorVariable and $Error, with a category, a target and what to do' {
        Clear-ConsulMq nobody -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.Count | Should -Be 1
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failed[0].TargetObject | Should -Be 'nobody'
        $failed[0].Exception.Message | Should -Match 'Get-ConsulMqQueue'
        $failed[0].ErrorDetails.RecommendedAction | Should -Match 'Get-ConsulMqQueue'
        $Error[0].FullyQualifiedErrorId | Should -Be 'QueueNotFound,ConsulMq.Commands.ClearCommand'
    }

    It 'that are of Consul as a whole end the command' {
        $port = Get-FreePort 1
        { Connect-ConsulMq "127.0.0.1:$port" -Timeout 1s -NoRegister -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'ConsulUnreachable,ConsulMq.Commands.ConnectCommand'
        Get-ConsulMqConnection | Should -BeNullOrEmpty -Because 'what is meant for one Consul does not go to another'
    }
}

Describe 'Preferences' {
    BeforeEach { Connect-TestConsul }

    It '$WhatIfPreference keeps everything as it is' {
        $null = 'x' | Push-ConsulMqItem jobs
        & {
            $WhatIfPreference = $true
            Remove-ConsulMqQueue jobs
            Clear-ConsulMq jobs
        }
        (Get-ConsulMqQueue jobs).Depth | Should -Be 1
    }

    It '$PSDefaultParameterValues gives what is not given' {
        $connection = Get-ConsulMqConnection
        Connect-TestConsul
        $PSDefaultParameterValues = @{ '*-ConsulMq*:Connection' = $connection; 'Push-ConsulMqItem:Tag' = 'default' }

        (Push-ConsulMqItem jobs x).Tags | Should -Be 'default'
        (Get-ConsulMqQueue -Connection $connection).Depth | Should -Be 1
        $PSDefaultParameterValues = @{}
        Disconnect-ConsulMq $connection
    }

    It '-Verbose tells each step and -Debug each request, and without them nothing is said' {
        $quiet = Push-ConsulMqItem jobs x 4>&1 5>&1 6>&1
        @($quiet).Count | Should -Be 1

        "$(Push-ConsulMqItem jobs x -Verbose 4>&1)" | Should -Match 'index'
        $requests = & { $DebugPreference = 'Continue'; Push-ConsulMqItem jobs x 5>&1 }
        "$requests" | Should -Match 'PUT /v1/txn'
    }
}
