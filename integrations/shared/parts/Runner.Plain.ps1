# Any other runner, or none: outputs as lines of JSON in the file that CONSULMQ_STEP_OUTPUT names. A part of Invoke-ConsulMqStep.ps1.

# Outputs go to the log, which is always there.
function Assert-StepRunner { }

function Protect-StepSecret([string] $secret) { $null = $secret }

function Write-StepOutput([string] $name, [string] $value) {
    if (-not $env:CONSULMQ_STEP_OUTPUT) { return }
    [IO.File]::AppendAllText($env:CONSULMQ_STEP_OUTPUT, (ConvertTo-StepJsonObject ([ordered]@{ name = $name; value = $value })) + "`n")
}

function Write-StepSummary([string] $markdown) { $null = $markdown }

function Write-StepIssue([string] $level, [string] $id, [string] $text) {
    [Console]::Error.WriteLine((ConvertTo-StepLogLine "ConsulMq ${level} ${id}: $text"))
}

function Get-StepFolder { [IO.Path]::GetTempPath() }
