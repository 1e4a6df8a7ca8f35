# Runs the whole suite on one Consul, writes its results as JUnit's XML, and ends with the number of failures as the exit code.
# For Windows PowerShell 5.1 and PowerShell 7, with Pester 5:
#   powershell -File tests/Pester/Invoke-Suite.ps1 [-ResultFile FILE] [-Name 'Push*', 'Pop*']
param(
    # Where the results go; without it none are written.
    [string] $ResultFile,
    # Only the files of these names.
    [string[]] $Name = '*'
)
$ErrorActionPreference = 'Stop'
# A profile or a build may have set what tests of preferences are about.
foreach ($variable in 'CONSUL_HTTP_ADDR', 'CONSUL_HTTP_TOKEN', 'CONSUL_HTTP_TOKEN_FILE', 'CONSUL_HTTP_SSL', 'CONSUL_NAMESPACE', 'CONSUL_PARTITION') {
    [Environment]::SetEnvironmentVariable($variable, $null)
}

Import-Module -Name Pester -MinimumVersion 5.0.0
Import-Module -Name "$PSScriptRoot/ConsulMq.Testing.psm1"

$files = @(foreach ($one in $Name) { (Get-ChildItem -Path "$PSScriptRoot/$one.Tests.ps1").FullName })
$configuration = New-PesterConfiguration
$configuration.Run.Path = $files
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
if (-not [Environment]::UserInteractive -or [Console]::IsOutputRedirected) {
    # Older versions have no such setting.
    try { $configuration.Output.RenderMode = 'Plaintext' } catch { Write-Verbose "$_" }
}
if ($ResultFile) {
    $configuration.TestResult.Enabled = $true
    $configuration.TestResult.OutputFormat = 'JUnitXml'
    $configuration.TestResult.OutputPath = $ResultFile
    $configuration.TestResult.TestSuiteName = 'ConsulMq.Pester'
}

# Held for all files: each would start one of its own.
Start-TestConsul
try {
    $ErrorActionPreference = 'Continue'
    $run = Invoke-Pester -Configuration $configuration
} finally {
    Stop-TestConsul
}
exit [Math]::Min(255, $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount)
