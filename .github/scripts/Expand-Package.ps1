# Proves the checksums of the package, and unpacks it as a module into out/modules/ConsulMq. Writes the module's folder, for a workflow as the
# output 'folder'. For Windows PowerShell 5.1 and PowerShell 7.
param(
    # Where the package is.
    [string] $Package = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'out', 'package'),
    # Where the module goes.
    [string] $Folder = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'out', 'modules', 'ConsulMq')
)
$ErrorActionPreference = 'Stop'

$from = [IO.Path]::GetFullPath($Package)
$to = [IO.Path]::GetFullPath($Folder)
$sha256 = [Security.Cryptography.SHA256]::Create()
foreach ($line in [IO.File]::ReadAllLines([IO.Path]::Combine($from, 'SHA256SUMS'))) {
    $expected, $name = $line -split '  ', 2
    $actual = [BitConverter]::ToString($sha256.ComputeHash([IO.File]::ReadAllBytes([IO.Path]::Combine($from, $name)))).Replace('-', '')
    if ($actual -ne $expected) { throw "$name does not have the checksum that SHA256SUMS says." }
}

$packages = [IO.Directory]::GetFiles($from, 'ConsulMq.*.nupkg')
if ($packages.Count -ne 1) { throw "There are $($packages.Count) packages in $from, and one is wanted." }
if ([IO.Directory]::Exists($to)) { [IO.Directory]::Delete($to, $true) }
# Windows PowerShell has not loaded it.
$null = [Reflection.Assembly]::LoadWithPartialName('System.IO.Compression.FileSystem')
[IO.Compression.ZipFile]::ExtractToDirectory($packages[0], $to)
if (-not [IO.File]::Exists([IO.Path]::Combine($to, 'ConsulMq.psd1'))) { throw "There is no ConsulMq.psd1 in $($packages[0])." }

if ($env:GITHUB_OUTPUT) { [IO.File]::AppendAllText($env:GITHUB_OUTPUT, "folder=$to`n") }
$to
