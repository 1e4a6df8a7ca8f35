# The Pester suite: the user's view of every cmdlet. A part of build.ps1.

# Why the suite cannot be run here, and what to do; nothing if it can.
function Get-PesterObstacle {
    $need = 'it needs pwsh on PATH with Pester 5 (Install-Module Pester -MinimumVersion 5.0.0 -Scope CurrentUser)'
    if ($Host.Name -eq 'ScriptHost') { return "$need, and there is no pwsh" }
    $versions = @(Get-Module -ListAvailable -Name Pester | ForEach-Object Version)
    if (-not $versions) { return "$need, and there is no Pester" }
    if (-not ($versions | Where-Object Major -GE 5)) { return "$need, and there is only Pester $($versions -join ', ')" }
}

# Counts of the suite from its result file. A suite that left none, or ran nothing, is one failure.
function Read-PesterResult([string] $file, [int] $exitCode) {
    if (-not [IO.File]::Exists($file)) {
        Say "build: the Pester suite left no results (exit code $exitCode)"
        return @{ Passed = 0; Failed = 1 }
    }
    $suites = ([xml] [IO.File]::ReadAllText($file)).testsuites
    $failed = [int] $suites.failures + [int] $suites.errors
    # Nothing of the suite is skipped but by a mistake.
    $skipped = 0
    foreach ($suite in $suites.testsuite) { $skipped += [int] $suite.skipped + [int] $suite.disabled }
    if ($skipped) { Say "build: $skipped tests of the Pester suite were skipped; they count as failed" }
    $passed = [int] $suites.tests - $failed - $skipped
    if (($exitCode -or $passed -eq 0) -and $failed -eq 0) {
        Say "build: the Pester suite ended with exit code $exitCode after $passed tests"
        $failed = 1
    }
    @{ Passed = $passed; Failed = $failed + $skipped }
}

# In a process of its own: the module that it loads stays loaded, and nobody there answers a question.
function Invoke-PesterSuite {
    $obstacle = Get-PesterObstacle
    if ($obstacle) {
        Say "The Pester suite was not run: $obstacle."
        return @{ Passed = 0; Failed = 0 }
    }
    $folder = [IO.Directory]::CreateDirectory([IO.Path]::Combine($out, 'test-results')).FullName
    $file = [IO.Path]::Combine($folder, 'ConsulMq.Pester.xml')
    [IO.File]::Delete($file)
    Say 'ConsulMq.Pester'
    & ([Environment]::ProcessPath) -NoLogo -NoProfile -NonInteractive -File (InRoot tests Pester Invoke-Suite.ps1) -ResultFile $file | ForEach-Object { Say $_ }
    Read-PesterResult $file $LASTEXITCODE
}
