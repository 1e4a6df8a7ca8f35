# Puts consul.exe into .tools and prints its path: the twin of tools/get-consul for Windows. Does nothing else if it is there already.
# HashiCorp's release, checked against its published SHA-256.
$ErrorActionPreference = 'Stop'

$version = '1.21.3'
$tools = [IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), '.tools')
$target = [IO.Path]::Combine($tools, 'consul.exe')
if ([IO.File]::Exists($target)) { return $target }

$arch = if ([Environment]::Is64BitOperatingSystem) { 'amd64' } else { '386' }
$name = "consul_${version}_windows_$arch.zip"
$base = "https://releases.hashicorp.com/consul/$version"

[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
$null = [Reflection.Assembly]::LoadWithPartialName('System.IO.Compression.FileSystem')
# On the same volume as the target, so that the last step is one rename.
$work = [IO.Directory]::CreateDirectory([IO.Path]::Combine($tools, 'get-consul.' + [Guid]::NewGuid().ToString('n'))).FullName
$client = [Net.WebClient]::new()
try {
    $zip = [IO.Path]::Combine($work, $name)
    $expected = $null
    foreach ($line in $client.DownloadString("$base/consul_${version}_SHA256SUMS").Split("`n")) {
        $hash, $file = $line.Trim() -split '\s+'
        if ($file -eq $name) { $expected = $hash }
    }
    if (-not $expected) { throw "HashiCorp publishes no $name." }
    $client.DownloadFile("$base/$name", $zip)

    $sha256 = [Security.Cryptography.SHA256]::Create()
    $actual = [BitConverter]::ToString($sha256.ComputeHash([IO.File]::ReadAllBytes($zip))).Replace('-', '')
    if ($actual -ne $expected) { throw "$name does not have its published SHA-256; it is thrown away." }

    [IO.Compression.ZipFile]::ExtractToDirectory($zip, $work)
    # Whoever came first at the same time brought the same file.
    try { [IO.File]::Move([IO.Path]::Combine($work, 'consul.exe'), $target) } catch { if (-not [IO.File]::Exists($target)) { throw } }
    $target
} catch {
    throw "No consul could be had: $($_.Exception.Message) Let this machine reach https://releases.hashicorp.com, or install consul so that it is on PATH, or set CONSULMQ_TEST_ADDR to the address of a Consul that tests may write to."
} finally {
    $client.Dispose()
    [IO.Directory]::Delete($work, $true)
}
