@{
    RootModule             = 'ConsulMq.psm1'
    ModuleVersion          = '0.1.0'
    GUID                   = 'b2a4c1de-6d7f-4b0e-9d53-8f1c2e7a9b60'
    Author                 = 'ConsulMq contributors'
    CompanyName            = 'ConsulMq contributors'
    Copyright              = '(c) 2026 ConsulMq contributors. MIT License.'
    Description            = 'A durable message queue on the HashiCorp Consul you already run: push, pop, peek, wait, with no broker to install.'
    PowerShellVersion      = '5.1'
    # Of Windows PowerShell; PowerShell 7 looks at neither.
    DotNetFrameworkVersion = '4.7.2'
    CLRVersion             = '4.0'
    CompatiblePSEditions   = @('Desktop', 'Core')
    FormatsToProcess       = @('ConsulMq.Format.ps1xml')
    TypesToProcess         = @('ConsulMq.Types.ps1xml')
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    CmdletsToExport        = @(
        'Clear-ConsulMq'
        'Complete-ConsulMqItem'
        'Connect-ConsulMq'
        'ConvertTo-ConsulMqPrometheus'
        'Deny-ConsulMqItem'
        'Disconnect-ConsulMq'
        'Export-ConsulMqQueue'
        'Find-ConsulMqItem'
        'Get-ConsulMqConnection'
        'Get-ConsulMqIndex'
        'Get-ConsulMqItem'
        'Get-ConsulMqNode'
        'Get-ConsulMqQueue'
        'Import-ConsulMqQueue'
        'Invoke-ConsulMqWorker'
        'Move-ConsulMqItem'
        'New-ConsulMqQueue'
        'Pop-ConsulMqItem'
        'Push-ConsulMqItem'
        'Register-ConsulMqQueueCheck'
        'Remove-ConsulMqItem'
        'Remove-ConsulMqQueue'
        'Set-ConsulMqQueue'
        'Start-ConsulMqDevAgent'
        'Stop-ConsulMqDevAgent'
        'Undo-ConsulMqItem'
        'Unregister-ConsulMqQueueCheck'
        'Update-ConsulMqLease'
    )
    # Filled in when it is packed.
    FileList               = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @(
                'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS'
                'Consul', 'HashiCorp', 'Queue', 'MessageQueue', 'Messaging', 'WorkQueue', 'Jobs', 'Distributed', 'DevOps', 'Automation'
            )
            # The build reads the project's home here. What is packed for a release points to the release's tag in place of main.
            ProjectUri   = 'https://github.com/consulmq/consulmq-powershell'
            LicenseUri   = 'https://github.com/consulmq/consulmq-powershell/blob/main/LICENSE'
            IconUri      = 'https://github.com/consulmq/consulmq-powershell/raw/main/assets/icon.png'
            ReleaseNotes = 'https://github.com/consulmq/consulmq-powershell/blob/main/CHANGELOG.md'
            # The tag of a release says it; see docs/releasing.md.
            Prerelease   = ''
        }
    }
}
