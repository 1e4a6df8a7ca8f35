# Help as a user finds it.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Import-TestModule
    $commands = @(Get-Command -Module ConsulMq | ForEach-Object { @{ name = $_.Name } })
}

BeforeAll {
    Import-Module "$PSScriptRoot/ConsulMq.Testing.psm1"
    Import-TestModule
    $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
}

Describe 'Get-Help <name>' -ForEach $commands {
    BeforeAll { $help = Get-Help -Name $name -Full }

    It 'has a synopsis and a description' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis.Trim() | Should -Not -BeLike "$name *" -Because 'that is the syntax, which PowerShell shows where there is no help'
        ($help.description | Out-String).Trim() | Should -Not -BeNullOrEmpty
    }

    It 'has examples with code' {
        @($help.examples.example).Count | Should -BeGreaterThan 0
        foreach ($example in $help.examples.example) { "$($example.code)" | Should -Not -BeNullOrEmpty }
    }

    It 'describes every parameter, and none that is gone' {
        $expected = (Get-Command -Name $name).Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object
        $described = @($help.parameters.parameter | Where-Object { $_ -and $_.name -notin $common })

        $described.name | Sort-Object | Should -Be $expected
        foreach ($parameter in $described) {
            ($parameter.description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because "-$($parameter.name) is for somebody"
        }
    }
}

Describe 'Get-Help about_ConsulMq' {
    It 'tells of <_>' -ForEach @('about_ConsulMq', 'about_ConsulMq_Delivery', 'about_ConsulMq_Storage') {
        ((Get-Help -Name $_) | Out-String).Length | Should -BeGreaterThan 500
    }
}
