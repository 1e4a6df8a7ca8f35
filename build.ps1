#requires -Version 7.0
# The build: build.ps1 [clean | build | test | lint | soak [FACTOR] | demo | bench | package | run FILE.ps1] [ARGS...]
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

function Say {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'The output of the build is for people and their logs, at once and in order with that of its children.')]
    param([string] $text)
    [Console]::WriteLine($text)
}

function Fail([string] $text) {
    [Console]::Error.WriteLine("build: $text")
    exit 1
}

function Sort-Ordinal {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseApprovedVerbs', '', Justification = 'It stands where Sort-Object would, which the host of the build lacks.')]
    param()
    $items = [string[]] @($input)
    [Array]::Sort($items, [StringComparer]::Ordinal)
    $items
}

# In front of every other folder, for this process and its children.
function Add-ModulePath { $env:PSModulePath = "$out$([IO.Path]::PathSeparator)$env:PSModulePath" }

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

foreach ($part in 'layout', 'scripts', 'tests', 'pester', 'lint', 'package') { . (InRoot tools build "$part.ps1") }

switch ($task) {
    'clean' { Clean }
    'build' { Build; Say $layout }
    'test' { Test }
    'lint' { Lint }
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
    default { Fail "there is no task '$task'; the tasks are clean, build, test, lint, soak, demo, bench, package and run FILE.ps1" }
}
