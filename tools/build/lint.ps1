# Every script of the tree, looked over by PSScriptAnalyzer and shellcheck where they are. A part of build.ps1.

# The files of the tree, without what is built and fetched.
function Get-SourceFile([string] $folder = $root) {
    foreach ($file in [IO.Directory]::GetFiles($folder) | Sort-Ordinal) { $file }
    foreach ($inner in [IO.Directory]::GetDirectories($folder) | Sort-Ordinal) {
        $name = [IO.Path]::GetFileName($inner)
        if ($name -notin 'bin', 'obj', 'out', 'TestResults', '.git', '.tools', '.vs', '.idea') { Get-SourceFile $inner }
    }
}

# Ends in .sh, or has no ending and begins as a script of a shell does.
function Test-ShellScript([string] $file) {
    $ending = [IO.Path]::GetExtension($file)
    if ($ending -eq '.sh') { return $true }
    if ($ending) { return $false }
    $reader = [IO.StreamReader]::new($file)
    try { "$($reader.ReadLine())" -match '^#!.*\b(ba|da|k)?sh$' } finally { $reader.Dispose() }
}

# What is wrong with a script, in lines. The parser is everywhere, the analyzer is not.
function Get-ScriptProblem([string] $file, [bool] $hasAnalyzer) {
    $errors = $null
    $null = [Management.Automation.Language.Parser]::ParseFile($file, [ref] $null, [ref] $errors)
    foreach ($problem in $errors) { "$($problem.Extent.StartLineNumber): $($problem.Message)" }
    if ($errors -or -not $hasAnalyzer) { return }
    # A manifest names files that lie beside it only in the layout.
    $laidOut = [IO.Path]::Combine($layout, 'ConsulMq.psd1')
    $analyzed = if ($file -eq (InRoot ConsulMq.psd1) -and [IO.File]::Exists($laidOut)) { $laidOut } else { $file }
    $analyze = {
        param($file, $settings)
        $ErrorActionPreference = 'Stop'
        Invoke-ScriptAnalyzer -Path $file -Settings $settings | ForEach-Object { "$($_.Line): $($_.RuleName): $($_.Message)" }
    }
    $settings = InRoot PSScriptAnalyzerSettings.psd1
    try {
        return & $analyze $analyzed $settings
    } catch {
        "Once more, in a process of its own: the analyzer failed for ${file}: $_" | Out-Host
    }
    # At times its runspaces do not find the commands of the engine, and from then on nothing that follows in that process.
    for ($attempt = 1; $attempt -le 3; $attempt++) {
        $problems = @(& ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $analyze -args $analyzed, $settings 2>&1)
        if ($LASTEXITCODE -eq 0) { return $problems }
    }
    "the analyzer failed: $problems"
}

# How many files are clean and how many are not; each of these is named with all that is wrong with it.
function Measure-Lint([string[]] $files, [scriptblock] $problems) {
    $passed = $failed = 0
    foreach ($file in $files) {
        $found = @(& $problems $file)
        if ($found) { $failed++ } else { $passed++ }
        foreach ($line in $found) { Say "$([IO.Path]::GetRelativePath($root, $file)):$line" }
    }
    @{ Passed = $passed; Failed = $failed }
}

function Invoke-Lint {
    $files = @(Get-SourceFile)
    $scripts = @($files | Where-Object { [IO.Path]::GetExtension($_) -in '.ps1', '.psm1', '.psd1' })
    $hasAnalyzer = $Host.Name -ne 'ScriptHost' -and [bool] (Get-Module -ListAvailable -Name PSScriptAnalyzer)
    if ($hasAnalyzer) {
        Import-Module -Name PSScriptAnalyzer
    } else {
        Say 'PSScriptAnalyzer was not run: it needs pwsh on PATH with the module PSScriptAnalyzer (Install-Module PSScriptAnalyzer -Scope CurrentUser). Scripts were only parsed.'
    }
    $powershell = Measure-Lint $scripts { param($file) Get-ScriptProblem $file $hasAnalyzer }
    Say "$(if ($hasAnalyzer) { 'Analyzed' } else { 'Parsed' }) $($scripts.Count) PowerShell scripts: $($powershell.Failed) of them with problems."

    if (-not (Find-OnPath shellcheck)) {
        Say 'shellcheck was not run: it is not on PATH.'
        return $powershell
    }
    $shells = @($files | Where-Object { Test-ShellScript $_ })
    $shell = Measure-Lint $shells { param($file) & shellcheck --format=gcc $file | ForEach-Object { $_.Substring($file.Length + 1) } }
    Say "Checked $($shells.Count) shell scripts: $($shell.Failed) of them with problems."
    @{ Passed = $powershell.Passed + $shell.Passed; Failed = $powershell.Failed + $shell.Failed }
}

function Lint { Complete-Test (Invoke-Lint) }
