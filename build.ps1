#requires -Version 7.0
# The build: build.ps1 [clean | build | test | soak [FACTOR] | demo | bench | package | run FILE.ps1] [ARGS...]
#
# build.sh runs this with pwsh, or with tools/ScriptHost where pwsh is not installed. That host has the engine's core commands only,
# so this file keeps to the language, .NET and native commands. It has no parameter block: what follows the task belongs to the task.
$ErrorActionPreference = 'Stop'

$root = $PSScriptRoot
$out = [IO.Path]::Combine($root, 'out')
$layout = [IO.Path]::Combine($out, 'ConsulMq')
$configuration = 'Release'

$task, $rest = $args
if (-not $task) { $task = 'build' }
$rest = @($rest | Where-Object { $null -ne $_ })

function InRoot { [IO.Path]::Combine([string[]](@($root) + $args)) }

function Say([string] $text) { [Console]::WriteLine($text) }

function Fail([string] $text) {
    [Console]::Error.WriteLine("build: $text")
    exit 1
}

# Replaces a file by renaming: a process that has the old one loaded keeps it whole.
function Update-File([string] $source, [string] $target) {
    $from = [IO.FileInfo]::new($source)
    $to = [IO.FileInfo]::new($target)
    if ($to.Exists -and $to.Length -eq $from.Length -and $to.LastWriteTimeUtc -eq $from.LastWriteTimeUtc) { return }
    $null = [IO.Directory]::CreateDirectory($to.DirectoryName)
    $new = "$target.$PID.new"
    $null = $from.CopyTo($new, $true)
    [IO.File]::Move($new, $target, $true)
}

function Clean {
    $folders = @($out)
    foreach ($group in 'src', 'tests', 'bench', 'tools') {
        $path = InRoot $group
        if (-not [IO.Directory]::Exists($path)) { continue }
        foreach ($project in [IO.Directory]::GetFiles($path, '*.csproj', 'AllDirectories')) {
            $folder = [IO.Path]::GetDirectoryName($project)
            $folders += [IO.Path]::Combine($folder, 'bin'), [IO.Path]::Combine($folder, 'obj')
        }
    }
    foreach ($folder in $folders) {
        if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
    }
}

# Every file of the layout: its path in the module, and where it comes from.
function Get-Layout {
    $files = [ordered]@{}
    foreach ($name in 'ConsulMq.psd1', 'LICENSE', 'README.md') {
        $path = InRoot $name
        if ([IO.File]::Exists($path)) { $files[$name] = $path }
    }
    $module = InRoot 'module'
    foreach ($path in [IO.Directory]::GetFiles($module, '*', 'AllDirectories')) {
        $files[[IO.Path]::GetRelativePath($module, $path)] = $path
    }
    foreach ($framework in 'net8.0', 'netstandard2.0') {
        foreach ($path in [IO.Directory]::GetFiles((InRoot src ConsulMq.Module bin $configuration $framework))) {
            if ([IO.Path]::GetExtension($path) -in '.dll', '.pdb') {
                $files[[IO.Path]::Combine($framework, [IO.Path]::GetFileName($path))] = $path
            }
        }
    }
    $files
}

function Build([string] $verbosity = 'minimal') {
    $log = @(& dotnet build (InRoot ConsulMq.sln) -c $configuration --nologo -v $verbosity '-clp:NoSummary;ForceNoAlign' |
            ForEach-Object { if ($verbosity -ne 'quiet') { Say $_ }; $_ })
    if ($LASTEXITCODE) {
        if ($verbosity -eq 'quiet') { $log | ForEach-Object { Say $_ } }
        Fail 'dotnet build failed'
    }

    $files = Get-Layout
    foreach ($name in $files.Keys) { Update-File $files[$name] ([IO.Path]::Combine($layout, $name)) }
    foreach ($path in [IO.Directory]::GetFiles($layout, '*', 'AllDirectories')) {
        if (-not $files.Contains([IO.Path]::GetRelativePath($layout, $path))) { [IO.File]::Delete($path) }
    }
    Assert-Layout
}

# What has clashed in other modules' users' sessions does not ship: the engine itself anywhere, third-party assemblies for PowerShell 7.
function Assert-Layout {
    foreach ($path in [IO.Directory]::GetFiles($layout, '*.dll', 'AllDirectories')) {
        $name = [IO.Path]::GetFileName($path)
        $ours = $name -in 'ConsulMq.dll', 'ConsulMq.Module.dll'
        $core = [IO.Path]::GetFileName([IO.Path]::GetDirectoryName($path)) -eq 'net8.0'
        if ($name -eq 'System.Management.Automation.dll' -or ($core -and -not $ours)) { Fail "$path must not be part of the module" }
    }
}

# In front of every other folder, for this process and its children.
function Add-ModulePath { $env:PSModulePath = "$out$([IO.Path]::PathSeparator)$env:PSModulePath" }

# 'exit' in the script ends this script as well, with the same code: it runs as a part of it.
function Get-Script([string] $path) {
    $full = [IO.Path]::GetFullPath($path, $PWD.ProviderPath)
    if (-not [IO.File]::Exists($full)) { Fail "there is no $full" }
    $errors = $null
    $ast = [Management.Automation.Language.Parser]::ParseInput([IO.File]::ReadAllText($full), $full, [ref] $null, [ref] $errors)
    if ($errors) { Fail "$($errors[0].Extent.File):$($errors[0].Extent.StartLineNumber): $($errors[0].Message)" }
    $ast.GetScriptBlock()
}

# The script's path, what was given as -Name:value, and the rest. Apart, because @args takes the value from a switch that has one.
function Split-Argument([object[]] $items) {
    $named = @{}
    $others = @()
    for ($i = 0; $i -lt $items.Count; $i++) {
        if ($items[$i] -match '^-(\w+):$') { $named[$Matches[1]] = $items[++$i] } else { $others += $items[$i] }
    }
    if (-not $others) { Fail 'run needs the path of a script' }
    $others[0]
    $named
    , $(if ($others.Count -gt 1) { , $others[1..($others.Count - 1)] } else { , @() })
}

function Find-OnPath([string] $name) {
    if ($IsWindows) { $name += '.exe' }
    foreach ($folder in $env:PATH.Split([IO.Path]::PathSeparator)) {
        if ($folder -and [IO.File]::Exists([IO.Path]::Combine($folder, $name))) { return $true }
    }
    $false
}

# No failure here is final: the tests look further, and fail with a text that says what to do if there is no Consul at all.
function Get-Consul {
    if ($env:CONSULMQ_TEST_ADDR -or (Find-OnPath consul)) { return }
    if ($IsWindows) {
        try { $null = & (InRoot tools get-consul.ps1) } catch { [Console]::Error.WriteLine("build: $_") }
    } else {
        $null = & (InRoot tools get-consul)
    }
}

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

function Invoke-PesterSuite {
    if ($Host.Name -eq 'ScriptHost' -or -not (Get-Module -ListAvailable -Name Pester | Where-Object { $_.Version.Major -ge 5 })) {
        Say 'The Pester suite was not run: it needs pwsh with Pester 5, and they are not installed.'
        return @{ Passed = 0; Failed = 0 }
    }
    $suite = InRoot tests Pester
    if (-not [IO.Directory]::Exists($suite)) { return @{ Passed = 0; Failed = 0 } }
    Add-ModulePath
    Import-Module -Name Pester -MinimumVersion 5.0.0
    $pester = New-PesterConfiguration -Hashtable @{ Run = @{ Path = $suite; PassThru = $true }; Output = @{ Verbosity = 'Normal' } }
    $run = Invoke-Pester -Configuration $pester
    @{ Passed = $run.PassedCount; Failed = $run.TotalCount - $run.PassedCount + $run.FailedContainersCount }
}

# Runs the test projects with these arguments of 'dotnet test'.
function Invoke-TestProject([object[]] $arguments) {
    $passed = $failed = 0
    $results = [IO.Directory]::CreateDirectory([IO.Path]::Combine($out, 'test-results')).FullName
    foreach ($project in [IO.Directory]::GetFiles((InRoot tests), '*.Tests.csproj', 'AllDirectories') | Sort-Ordinal) {
        $name = [IO.Path]::GetFileNameWithoutExtension($project)
        $file = [IO.Path]::Combine($results, "$name.trx")
        [IO.File]::Delete($file)
        Say "$name"
        & dotnet test $project -c $configuration --no-build --nologo --results-directory $results --logger "trx;LogFileName=$name.trx" @arguments |
            ForEach-Object { Say $_ }
        # Arguments may be a filter, and a filter may leave nothing of a project.
        $result = Read-TestResult $name $file $LASTEXITCODE ($arguments.Count -gt 0)
        $passed += $result.Passed
        $failed += $result.Failed
    }
    @{ Passed = $passed; Failed = $failed }
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

function Complete-Test([hashtable[]] $results) {
    $passed = $failed = 0
    foreach ($result in $results) {
        $passed += $result.Passed
        $failed += $result.Failed
    }
    Say "$passed passed, $failed failed"
    exit [int] ($failed -gt 0 -or $passed -eq 0)
}

function Test {
    Build
    Get-Consul
    Clear-TestOutput
    Complete-Test (Invoke-TestProject $rest), (Invoke-PesterSuite), (Search-Secret)
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

function Sort-Ordinal {
    $items = [string[]] @($input)
    [Array]::Sort($items, [StringComparer]::Ordinal)
    $items
}

# The benchmark brings the PowerShell engine as a package, which is not precompiled, as the one in pwsh is. Published, both are.
function Bench {
    Build quiet
    $folder = [IO.Path]::Combine($out, 'bench', 'bin')
    $log = @(& dotnet publish (InRoot bench ConsulMq.Bench) -c $configuration --nologo -v quiet --use-current-runtime --no-self-contained `
            '-p:PublishReadyToRun=true' -o $folder)
    if ($LASTEXITCODE) {
        $log | ForEach-Object { Say $_ }
        Fail 'dotnet publish failed'
    }
    Get-Consul
    & dotnet ([IO.Path]::Combine($folder, 'ConsulMq.Bench.dll')) @rest | ForEach-Object { Say $_ }
    exit $LASTEXITCODE
}

# The same tree gives the same bytes: entries in order, one time for all of them.
function Package {
    Build
    $version = [regex]::Match([IO.File]::ReadAllText((InRoot ConsulMq.psd1)), "(?m)^\s*ModuleVersion\s*=\s*'([0-9.]+)'").Groups[1].Value
    $folder = [IO.Directory]::CreateDirectory([IO.Path]::Combine($out, 'package')).FullName
    $package = [IO.Path]::Combine($folder, "ConsulMq.$version.zip")
    [IO.File]::Delete($package)
    $zip = [IO.Compression.ZipFile]::Open($package, 'Create')
    try {
        foreach ($path in [IO.Directory]::GetFiles($layout, '*', 'AllDirectories') | Sort-Ordinal) {
            $entry = $zip.CreateEntry('ConsulMq/' + [IO.Path]::GetRelativePath($layout, $path).Replace('\', '/'), 'SmallestSize')
            $entry.LastWriteTime = [DateTimeOffset]::new(2000, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
            $entry.ExternalAttributes = 0x81A4 -shl 16 # a regular file, rw-r--r--
            $stream = $entry.Open()
            try { $stream.Write([IO.File]::ReadAllBytes($path)) } finally { $stream.Dispose() }
        }
    } finally {
        $zip.Dispose()
    }
    Say $package
}

switch ($task) {
    'clean' { Clean }
    'build' { Build; Say $layout }
    'test' { Test }
    'soak' { Soak }
    'bench' { Bench }
    'package' { Package }
    'demo' {
        Build quiet
        # Without a Consul the demo runs on the model in the process, and says so.
        Get-Consul
        Add-ModulePath
        . (Get-Script (InRoot examples quickstart.ps1)) @rest
    }
    'run' {
        Build quiet
        Add-ModulePath
        $file, $named, $others = Split-Argument $rest
        . (Get-Script $file) @named @others
    }
    default { Fail "there is no task '$task'; the tasks are clean, build, test, soak, demo, bench, package and run FILE.ps1" }
}
