# One operation on a ConsulMq queue as a step of a build: what the GitHub action and the Azure Pipelines template run.
#
# All input comes in environment variables CONSULMQ_STEP_*, none on a command line. Nothing of a message is written to the log, where a runner
# looks for commands; outputs go the way of the runner, escaped by its rules. Runs in Windows PowerShell 5.1 and in PowerShell 7, and keeps to
# the language, .NET and the module, so that it can be tested without either. The README files beside it list inputs and outputs.
$ErrorActionPreference = 'Stop'
# Runners read UTF-8. Without a console there is no encoding to set, and none in the way.
try { [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false) } catch { $null = $_ }

$runner = if ($env:GITHUB_ACTIONS -eq 'true') { 'GitHub' } elseif ($env:TF_BUILD -eq 'True') { 'Azure' } else { 'Plain' }
foreach ($part in 'Text', "Runner.$runner", 'Inputs', 'Module', 'Operations', 'Outputs') {
    . ([IO.Path]::Combine($PSScriptRoot, 'parts', "$part.ps1"))
}

$code = 0
try {
    foreach ($secret in Get-StepSecret) { Protect-StepSecret $secret }
    $step = Read-StepInput
    Assert-StepRunner
    Import-StepModule $step
    $null = Connect-StepConsul $step
    $result = Invoke-StepOperation $step
    Write-StepResult $step $result
    if ($step['fail-when-empty'] -and $result.Count -eq 0) {
        throw (ConvertTo-StepError 'QueueEmpty' "There was no message in queue '$($step.queue)', and fail-when-empty is true. Set 'wait' to wait for one.")
    }
} catch {
    $code = 1
    $id, $text = Get-StepFailure $_
    Write-StepIssue 'error' $id $text
} finally {
    if (Get-Command -Name Disconnect-ConsulMq -ErrorAction Ignore) { Disconnect-ConsulMq -ErrorAction Ignore }
}
exit $code
