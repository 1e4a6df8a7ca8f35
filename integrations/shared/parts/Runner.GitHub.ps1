# What GitHub Actions wants to be told, and how. A part of Invoke-ConsulMqStep.ps1.
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

function ConvertTo-CommandData([string] $text) { $text.Replace('%', '%25').Replace("`r", '%0D').Replace("`n", '%0A') }

function ConvertTo-CommandProperty([string] $text) { (ConvertTo-CommandData $text).Replace(':', '%3A').Replace(',', '%2C') }

function Add-RunnerFile([string] $variable, [string] $text) {
    $file = [Environment]::GetEnvironmentVariable($variable)
    if (-not $file) { throw (ConvertTo-StepError 'RunnerIncomplete' "The runner names no file in $variable. Update the runner: it has to be 2.297 or newer.") }
    [IO.File]::AppendAllText($file, $text, [Text.UTF8Encoding]::new($false))
}

# Before a message is taken: afterwards it would be too late to find out that nobody can be told.
function Assert-StepRunner { foreach ($variable in 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY') { Add-RunnerFile $variable '' } }

function Protect-StepSecret([string] $secret) { [Console]::Out.WriteLine('::add-mask::' + (ConvertTo-CommandData $secret)) }

# The delimiter is drawn at random: no value can end itself and begin another output.
function Write-StepOutput([string] $name, [string] $value) {
    $delimiter = 'consulmq-' + [Guid]::NewGuid().ToString('n')
    $line = [Environment]::NewLine
    Add-RunnerFile 'GITHUB_OUTPUT' "$name<<$delimiter$line$value$line$delimiter$line"
}

function Write-StepSummary([string] $markdown) { Add-RunnerFile 'GITHUB_STEP_SUMMARY' "$markdown`n" }

function Write-StepIssue([string] $level, [string] $id, [string] $text) {
    [Console]::Out.WriteLine("::$level title=$(ConvertTo-CommandProperty "ConsulMq $id")::$(ConvertTo-CommandData $text)")
}

function Get-StepFolder { $env:RUNNER_TEMP }
