@{
    RootModule        = '../../../ConsulMq.Module.Tests.dll'
    ModuleVersion     = '1.0.0'
    GUID              = '0f1b8f5e-6a0f-4b43-9a7a-6f2f0c9a51d3'
    Author            = 'ConsulMq contributors'
    Description       = 'For the tests of examples: what the engine alone does not have.'
    FunctionsToExport = @()
    AliasesToExport   = @()
    CmdletsToExport   = @(
        'ConvertFrom-Json'
        'ConvertTo-Json'
        'Format-List'
        'Format-Table'
        'Get-ChildItem'
        'Get-Content'
        'Get-Date'
        'Group-Object'
        'Import-Csv'
        'Move-Item'
        'New-Guid'
        'New-Item'
        'Out-File'
        'Select-Object'
        'Select-String'
        'Set-Content'
        'Sort-Object'
        'Start-Sleep'
    )
}
