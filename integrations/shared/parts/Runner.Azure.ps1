# What Azure Pipelines wants to be told, and how. A part of Invoke-ConsulMqStep.ps1.
# https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands

function ConvertTo-CommandData([string] $text) { $text.Replace('%', '%AZP25').Replace("`r", '%0D').Replace("`n", '%0A') }

function ConvertTo-CommandProperty([string] $text) { (ConvertTo-CommandData $text).Replace(']', '%5D').Replace(';', '%3B') }

# Outputs go to the log, which is always there.
function Assert-StepRunner { }

function Protect-StepSecret([string] $secret) { [Console]::Out.WriteLine('##vso[task.setsecret]' + (ConvertTo-CommandData $secret)) }

# The agent takes the command out of the log. What is in the value is one line, and data to the agent from the first bracket on.
function Write-StepOutput([string] $name, [string] $value) {
    [Console]::Out.WriteLine("##vso[task.setvariable variable=$(ConvertTo-CommandProperty $name);isOutput=true]$(ConvertTo-CommandData $value)")
}

function Write-StepSummary([string] $markdown) {
    $file = [IO.Path]::Combine((Get-StepFolder), "consulmq-$([Guid]::NewGuid().ToString('n')).md")
    [IO.File]::WriteAllText($file, $markdown, [Text.UTF8Encoding]::new($false))
    [Console]::Out.WriteLine('##vso[task.uploadsummary]' + (ConvertTo-CommandData $file))
}

function Write-StepIssue([string] $level, [string] $id, [string] $text) {
    [Console]::Out.WriteLine("##vso[task.logissue type=$level;code=$(ConvertTo-CommandProperty $id)]$(ConvertTo-CommandData "ConsulMq ${id}: $text")")
}

function Get-StepFolder { $env:AGENT_TEMPDIRECTORY }
