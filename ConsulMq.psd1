@{
    RootModule           = 'ConsulMq.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = 'b2a4c1de-6d7f-4b0e-9d53-8f1c2e7a9b60'
    Author               = 'ConsulMq contributors'
    CompanyName          = 'ConsulMq contributors'
    Copyright            = '(c) 2026 ConsulMq contributors. MIT License.'
    Description          = 'A durable message queue on the HashiCorp Consul you already run: push, pop, peek, wait, with no broker to install.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FormatsToProcess     = @('ConsulMq.Format.ps1xml')
    TypesToProcess       = @('ConsulMq.Types.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
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
    PrivateData          = @{
        PSData = @{
            Tags       = @('Consul', 'Queue', 'MessageQueue', 'Messaging', 'DevOps', 'Automation', 'HashiCorp', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
