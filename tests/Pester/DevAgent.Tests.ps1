# These need a consul program, also where CONSULMQ_TEST_ADDR names a server for the others.
BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Import-TestModule
    $consul = Get-TestConsulPath
}

AfterAll {
    Stop-ConsulMqDevAgent
    Disconnect-ConsulMq
}

Describe 'Start-ConsulMqDevAgent' {
    AfterEach { Stop-ConsulMqDevAgent }

    It 'starts a Consul, connects to it, and tells where it is' {
        $agent = Start-ConsulMqDevAgent -Path $consul -Timeout 60s

        $agent.IsRunning | Should -BeTrue
        $agent.Path | Should -Be $consul
        (Get-Process -Id $agent.ProcessId).Id | Should -Be $agent.ProcessId
        (Get-ConsulMqConnection).Address | Should -Be $agent.Address
        $null = 'x' | Push-ConsulMqItem jobs
        (Pop-ConsulMqItem jobs).Body | Should -Be 'x'
        ($agent | Get-Display | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'takes the port that it is given, and leaves the connection alone with -NoConnect' {
        $null = Connect-ConsulMq -InMemory
        $port = Get-FreePort 1
        $agent = Start-ConsulMqDevAgent $consul -Port $port -NoConnect

        $agent.Address | Should -Match ":$port/?$"
        (Get-ConsulMqConnection).Address | Should -Not -Be $agent.Address
    }

    It 'finds the program that CONSULMQ_CONSUL names' {
        $former = $env:CONSULMQ_CONSUL
        try {
            $env:CONSULMQ_CONSUL = $consul
            (Start-ConsulMqDevAgent -NoConnect).Path | Should -Be $consul
        } finally {
            $env:CONSULMQ_CONSUL = $former
        }
    }

    It 'says that there is no program, and what to do' {
        { Start-ConsulMqDevAgent -Path ([IO.Path]::Combine($TestDrive, 'consul')) } |
            Should -Throw -ErrorId 'ConsulNotFound,ConsulMq.Commands.StartDevAgentCommand' -ExpectedMessage '*-InMemory*'
    }

    It 'is an address for a job, too' {
        $agent = Start-ConsulMqDevAgent $consul
        $null = 'x' | Push-ConsulMqItem jobs
        $module = (Get-Module ConsulMq).Path
        $body = Start-Job { Import-Module $using:module; $null = Connect-ConsulMq $using:agent -NoRegister; (Pop-ConsulMqItem jobs).Body } | Receive-Job -Wait -AutoRemoveJob
        $body | Should -Be 'x'
    }

    It 'names a port that is taken' {
        $taken = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $taken.Start()
        try {
            $port = $taken.LocalEndpoint.Port
            { Start-ConsulMqDevAgent $consul -Port $port } |
                Should -Throw -ErrorId 'DevAgentFailed,ConsulMq.Commands.StartDevAgentCommand' -ExpectedMessage "*$port*"
        } finally {
            $taken.Stop()
        }
    }
}

Describe 'Stop-ConsulMqDevAgent' {
    It 'ends the agents that it is given, by process, as an argument, and piped' {
        $one, $two, $three = 1..3 | ForEach-Object { Start-ConsulMqDevAgent $consul -NoConnect }

        Stop-ConsulMqDevAgent -ProcessId $one.ProcessId
        Stop-ConsulMqDevAgent -Agent $two -Confirm:$false
        $three | Stop-ConsulMqDevAgent

        $one.IsRunning, $two.IsRunning, $three.IsRunning | Should -Be ($false, $false, $false)
    }

    It 'ends all of this session, and the connection to them, and none with -WhatIf' {
        $agent = Start-ConsulMqDevAgent $consul
        Stop-ConsulMqDevAgent -WhatIf
        $agent.IsRunning | Should -BeTrue

        Stop-ConsulMqDevAgent
        $agent.IsRunning | Should -BeFalse
        Get-ConsulMqConnection | Should -BeNullOrEmpty
    }

    It 'leaves processes alone that are not its own' {
        { Stop-ConsulMqDevAgent -ProcessId $PID -ErrorAction Stop } | Should -Throw -ErrorId 'DevAgentNotFound,ConsulMq.Commands.StopDevAgentCommand'
    }
}
