# Scripts that build.ps1 runs as a part of itself. A part of build.ps1.

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
