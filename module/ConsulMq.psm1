# The loader: one module, two builds. It runs at every import, so it stays short and calls one command only.
if ($PSEdition -ne 'Core') {
    # Windows PowerShell 5.1. The build brings System.Text.Json along; the assembly itself sees to it that its files are found.
    $build = 'netstandard2.0'
} elseif ($PSVersionTable.PSVersion -ge [version]'7.4') {
    $build = 'net8.0'
} else {
    throw "ConsulMq needs PowerShell 7.4 or later, or Windows PowerShell 5.1; this is PowerShell $($PSVersionTable.PSVersion)."
}
Import-Module -Name ([IO.Path]::Combine($PSScriptRoot, $build, 'ConsulMq.Module.dll')) -ErrorAction Stop
