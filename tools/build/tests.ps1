# The tests, what they wrote, and their one last line. A part of build.ps1.

# Counts of one test project from its result file. A project that crashed or ran nothing is one failure.
function Read-TestResult([string] $name, [string] $file, [int] $exitCode, [bool] $mayBeEmpty) {
    if (-not [IO.File]::Exists($file)) {
        Say "build: $name left no results (exit code $exitCode)"
        return @{ Passed = 0; Failed = 1 }
    }
    $counters = ([xml] [IO.File]::ReadAllText($file)).TestRun.ResultSummary.Counters
    $passed = [int] $counters.passed
    $failed = [int] $counters.total - $passed
    $skipped = [int] $counters.total - [int] $counters.executed
    if ($skipped) { Say "build: $skipped tests of $name were skipped; they count as failed" }
    if ($passed -eq 0 -and $failed -eq 0 -and -not $mayBeEmpty) {
        Say "build: $name ran no tests"
        $failed = 1
    } elseif ($exitCode -and $failed -eq 0) {
        Say "build: $name ended with exit code $exitCode"
        $failed = 1
    }
    @{ Passed = $passed; Failed = $failed }
}

# Runs one test project with these arguments of 'dotnet test'. Its results are called by this name.
function Invoke-TestRun([string] $project, [string] $name, [object[]] $arguments) {
    $results = [IO.Directory]::CreateDirectory([IO.Path]::Combine($out, 'test-results')).FullName
    $file = [IO.Path]::Combine($results, "$name.trx")
    [IO.File]::Delete($file)
    Say "$name"
    & dotnet test $project -c $configuration --no-build --nologo --results-directory $results --logger "trx;LogFileName=$name.trx" @arguments |
        ForEach-Object { Say $_ }
    # Arguments may be a filter, and a filter may leave nothing of a project.
    Read-TestResult $name $file $LASTEXITCODE ($arguments.Count -gt 0)
}

# Runs the test projects with these arguments of 'dotnet test'.
function Invoke-TestProject([object[]] $arguments) {
    $runs = foreach ($project in [IO.Directory]::GetFiles((InRoot tests), '*.Tests.csproj', 'AllDirectories') | Sort-Ordinal) {
        Invoke-TestRun $project ([IO.Path]::GetFileNameWithoutExtension($project)) $arguments
    }
    Join-Result $runs
}

# The module as Windows PowerShell has it, for this engine: its build alone, and a loader that takes that one here too. What ships has no switch for it.
function Copy-DesktopModule {
    $copy = [IO.Path]::Combine($out, 'desktop', 'ConsulMq')
    if ([IO.Directory]::Exists($copy)) { [IO.Directory]::Delete($copy, $true) }
    foreach ($path in [IO.Directory]::GetFiles($layout, '*', 'AllDirectories')) {
        $name = [IO.Path]::GetRelativePath($layout, $path)
        if (-not $name.StartsWith('net8.0')) { Update-File $path ([IO.Path]::Combine($copy, $name)) }
    }
    $loader = [IO.Path]::Combine($copy, 'ConsulMq.psm1')
    $text = [IO.File]::ReadAllText($loader)
    if (-not $text.Contains("'net8.0'")) { Fail "$loader does not name the folder 'net8.0' any more, which the tests of the other build replace" }
    [IO.File]::WriteAllText($loader, $text.Replace("'net8.0'", "'netstandard2.0'"))
    $copy
}

# The module's tests once more, on the build for Windows PowerShell. Those that say Build=Any have nothing to do with it.
function Invoke-DesktopTest([object[]] $arguments) {
    $filter = 'Build!=Any'
    $rest = @()
    for ($i = 0; $i -lt $arguments.Count; $i++) {
        if ($arguments[$i] -eq '--filter') { $filter = "($($arguments[++$i]))&$filter" } else { $rest += $arguments[$i] }
    }
    $copy = $env:CONSULMQ_TEST_MODULE = Copy-DesktopModule
    try {
        $result = Invoke-TestRun (InRoot tests ConsulMq.Module.Tests ConsulMq.Module.Tests.csproj) 'ConsulMq.Module.Tests.desktop' (@('--filter', $filter) + $rest)
    } finally {
        $env:CONSULMQ_TEST_MODULE = $null
        # With out on the module path it would be listed beside the real one.
        [IO.Directory]::Delete([IO.Path]::GetDirectoryName($copy), $true)
    }
    # It always has a filter of ours, which leaves something.
    if ($arguments.Count -eq 0 -and $result.Passed -eq 0 -and $result.Failed -eq 0) {
        Say 'build: the build for Windows PowerShell was not tested'
        $result.Failed = 1
    }
    $result
}

# What tests have written must not hold a secret of theirs: results, streams, and the output of the processes that they started.
function Search-Secret {
    $found = & (InRoot tools search-secrets.ps1) ([IO.Path]::Combine($out, 'test-secrets')) ([IO.Path]::Combine($out, 'test-results'))
    foreach ($file in $found.Hits) { Say "build: a secret stands in $file" }
    Say "Searched $($found.Files) files ($([Math]::Round($found.Bytes / 1MB, 1)) MB) of the tests' output for $($found.Secrets) secrets: $($found.Hits.Count) of them hold one."
    @{ Passed = [int] ($found.Hits.Count -eq 0 -and $found.Secrets -gt 0); Failed = $found.Hits.Count }
}

# The output of an earlier run, and the secrets in it, are of no interest.
function Clear-TestOutput {
    foreach ($name in 'test-results', 'test-secrets') {
        $folder = [IO.Path]::Combine($out, $name)
        if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
    }
}

function Join-Result([hashtable[]] $results) {
    $passed = $failed = 0
    foreach ($result in $results) {
        $passed += $result.Passed
        $failed += $result.Failed
    }
    @{ Passed = $passed; Failed = $failed }
}

function Complete-Test([hashtable[]] $results) {
    $all = Join-Result $results
    Say "$($all.Passed) passed, $($all.Failed) failed"
    exit [int] ($all.Failed -gt 0 -or $all.Passed -eq 0)
}

function Test {
    Build
    Get-Consul
    Clear-TestOutput
    # The module is tested as its users have it: packed, and installed from the package.
    $env:CONSULMQ_TEST_MODULE = Install-BuiltModule
    Complete-Test (Invoke-TestProject $rest), (Invoke-PesterSuite), (Invoke-DesktopTest $rest), (Invoke-Lint), (Search-Secret)
}

# The tests that have a long form, in that form; a factor makes it longer still. Then what they measured, as tables for docs/reliability.md.
function Soak {
    $factor, $more = $rest
    if ("$factor" -match '^[0-9]+([.][0-9]+)?$' -and [double] $factor -gt 0) { $env:CONSULMQ_SOAK = $factor } else { $env:CONSULMQ_SOAK, $more = '1', $rest }
    Build
    Get-Consul
    $folder = [IO.Path]::Combine($out, 'figures')
    if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
    Clear-TestOutput
    $result = Invoke-TestProject (@('--filter', 'Category=Soak') + @($more | Where-Object { $null -ne $_ }))
    $searched = Search-Secret
    Show-Figure $folder
    Complete-Test $result, $searched
}

# Figures that the tests wrote: one file a section, one line a figure, with a tab between name and value.
function Show-Figure([string] $folder) {
    if (-not [IO.Directory]::Exists($folder)) { return }
    foreach ($file in [IO.Directory]::GetFiles($folder, '*.txt') | Sort-Ordinal) {
        Say "`n| $([IO.Path]::GetFileNameWithoutExtension($file)) | |`n|---|---|"
        foreach ($line in [IO.File]::ReadAllLines($file)) { Say "| $($line.Replace("`t", ' | ')) |" }
    }
    Say ''
}
