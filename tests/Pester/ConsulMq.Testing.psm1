# What the files of this suite share: the module under test, a real Consul on free ports, and a place of its own in it for every test.
# Written for Windows PowerShell 5.1 and PowerShell 7 alike.
$ErrorActionPreference = 'Stop'

$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
$onWindows = $env:OS -eq 'Windows_NT'
$server = $null
$users = 0
$places = 0
$place = 'pester/' + [guid]::NewGuid().ToString('n')

# The folder in CONSULMQ_TEST_MODULE, else out/ConsulMq.
function Get-TestModulePath {
    $folder = if ($env:CONSULMQ_TEST_MODULE) { $env:CONSULMQ_TEST_MODULE } else { [IO.Path]::Combine($root, 'out', 'ConsulMq') }
    [IO.Path]::Combine([IO.Path]::GetFullPath($folder), 'ConsulMq.psd1')
}

# Imports the module under test, for all. A session has one build of it and can load no other.
function Import-TestModule {
    $manifest = Get-TestModulePath
    if (-not [IO.File]::Exists($manifest)) { throw "There is no $manifest. Lay the module out first: ./build.sh" }
    $loaded = @(Get-Module -Name ConsulMq)
    if ($loaded -and $loaded[0].ModuleBase -ne [IO.Path]::GetDirectoryName($manifest)) {
        throw "This session has loaded another ConsulMq, from $($loaded[0].ModuleBase), and cannot load $manifest. Start a new one."
    }
    if (-not $loaded) { Import-Module -Name $manifest -Global }
}

# Whether the build for Windows PowerShell is the one that was loaded.
function Test-DesktopBuild { [bool] ((Get-Module -Name ConsulMq).NestedModules.Path -match 'netstandard2\.0') }

# On PATH, in .tools, or fetched into it.
function Find-TestConsul {
    $name = if ($onWindows) { 'consul.exe' } else { 'consul' }
    $folders = @($env:PATH.Split([IO.Path]::PathSeparator) | Where-Object { $_ }) + [IO.Path]::Combine($root, '.tools')
    foreach ($folder in $folders) {
        $path = [IO.Path]::Combine($folder, $name)
        if ([IO.File]::Exists($path)) { return $path }
    }
    $fetched = $null
    try {
        $fetched = if ($onWindows) { & ([IO.Path]::Combine($root, 'tools', 'get-consul.ps1')) } else { & ([IO.Path]::Combine($root, 'tools', 'get-consul')) }
    } catch {
        Write-Warning "$_"
    }
    if (-not $fetched) {
        throw 'There is no Consul to test with. Install consul so that it is on PATH, or put it into .tools, or set CONSULMQ_TEST_ADDR to the address of a Consul that tests may write to.'
    }
    $fetched
}

# Ports of the loopback address that nobody uses now.
function Get-FreePort([Parameter(Mandatory)] [int] $Count) {
    $listeners = @(for ($i = 0; $i -lt $Count; $i++) { [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0) })
    try {
        foreach ($listener in $listeners) {
            $listener.Start()
            $listener.LocalEndpoint.Port
        }
    } finally {
        foreach ($listener in $listeners) { $listener.Stop() }
    }
}

# Starts a process that ends with this one. On Unix a shell sees to that: the end of its standard input is the end of the child.
function Start-Supervised([string] $Path, [string[]] $Arguments) {
    $quoted = @(foreach ($argument in $Arguments) { '"' + $argument.Replace('"', '\"') + '"' }) -join ' '
    $start = if ($onWindows) {
        [Diagnostics.ProcessStartInfo]::new($Path, $quoted)
    } else {
        $script = 'exec 3<&0; \"$@\" </dev/null 3<&- & child=$!; { read -r line <&3; kill -9 $child; } & wait $child'
        [Diagnostics.ProcessStartInfo]::new('/bin/sh', "-c `"$script`" supervisor `"$Path`" $quoted")
    }
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    @{ Process = $process; Output = $process.StandardOutput.ReadToEndAsync(); Errors = $process.StandardError.ReadToEndAsync() }
}

function Stop-Supervised([hashtable] $Supervised) {
    $process = $Supervised.Process
    if ($onWindows -and -not $process.HasExited) { $process.Kill() }
    # Of a shell, the end of its input; it ends when its child has.
    try { $process.StandardInput.Dispose() } catch { Write-Debug "$_" }
    $null = $process.WaitForExit(10000)
}

# True when a write comes through, which takes a leader.
function Test-Consul([string] $Address) {
    try {
        $null = Invoke-RestMethod -Method Put -Uri "$Address/v1/kv/$place/ready" -Body 'x' -TimeoutSec 5 -UseBasicParsing
        $true
    } catch {
        $false
    }
}

function Start-OwnConsul {
    $binary = Find-TestConsul
    $folder = [IO.Directory]::CreateDirectory([IO.Path]::Combine([IO.Path]::GetTempPath(), 'consulmq-pester-' + [guid]::NewGuid().ToString('n'))).FullName
    $http, $rpc, $serf, $wan = Get-FreePort 4
    $version = [version] [regex]::Match((& $binary version | Select-Object -First 1), '\d+\.\d+\.\d+').Value
    $ports = @{ http = $http; server = $rpc; serf_lan = $serf; serf_wan = $wan; dns = -1; grpc = -1; https = -1 }
    # Older versions refuse a port that they have not heard of.
    if ($version -ge [version] '1.14.0') { $ports['grpc_tls'] = -1 }
    $configuration = [IO.Path]::Combine($folder, 'consul.json')
    [IO.File]::WriteAllText($configuration, (ConvertTo-Json @{ ports = $ports; disable_update_check = $true; performance = @{ raft_multiplier = 1 } }))
    $process = Start-Supervised $binary @('agent', '-dev', '-bind=127.0.0.1', '-client=127.0.0.1', '-log-level=warn', '-disable-host-node-id', "-config-file=$configuration")
    @{ Address = "http://127.0.0.1:$http"; Supervised = $process; Folder = $folder; Binary = $binary }
}

function Stop-OwnConsul([hashtable] $Consul) {
    Stop-Supervised $Consul.Supervised
    [IO.Directory]::Delete($Consul.Folder, $true)
}

# A Consul for the tests of a file: that of the whole run if there is one, else the one in CONSULMQ_TEST_ADDR, else one of their own.
# It never skips: without a Consul it fails, and says what to do.
function Start-TestConsul {
    Import-TestModule
    $script:users++
    if ($script:server) { return }
    if ($env:CONSULMQ_TEST_ADDR) {
        $address = if ($env:CONSULMQ_TEST_ADDR -match '://') { $env:CONSULMQ_TEST_ADDR } else { "http://$env:CONSULMQ_TEST_ADDR" }
        if (-not (Wait-Condition -Seconds 30 { Test-Consul $address })) {
            throw "CONSULMQ_TEST_ADDR is $address, and no Consul takes writes there. Start one, name another address, or unset the variable to have one started."
        }
        $script:server = @{ Address = $address }
        return
    }
    for ($attempt = 1; ; $attempt++) {
        $own = Start-OwnConsul
        $ready = Wait-Condition -Seconds 30 { $own.Supervised.Process.HasExited -or (Test-Consul $own.Address) }
        if ($ready -and -not $own.Supervised.Process.HasExited) { break }
        Stop-OwnConsul $own
        # Somebody may have taken a port between the search and the start.
        if ($attempt -eq 3) { throw "$($own.Binary) does not start: $($own.Supervised.Output.Result)$($own.Supervised.Errors.Result)" }
    }
    $script:server = $own
}

# Undoes one Start-TestConsul. The last one ends the Consul, or removes what the tests wrote to one that stays.
function Stop-TestConsul {
    Disconnect-ConsulMq
    $script:users--
    if ($script:users -gt 0 -or -not $script:server) { return }
    try {
        if ($script:server.Supervised) {
            Stop-OwnConsul $script:server
        } else {
            $null = Invoke-RestMethod -Method Delete -Uri "$($script:server.Address)/v1/kv/$place/?recurse" -UseBasicParsing
        }
    } finally {
        $script:server = $null
    }
}

# Its address.
function Get-TestAddress { $script:server.Address }

# The path of a consul program, for tests that start an agent.
function Get-TestConsulPath { Find-TestConsul }

# Connects under a prefix that no other test has.
function Connect-TestConsul {
    $script:places++
    $null = Connect-ConsulMq -Address $script:server.Address -Prefix "$place/$($script:places)" -NoRegister
}

# A folder that is removed with the test drive, as the file system has it: the cmdlets are .NET and do not know TestDrive:.
function New-TestFolder([Parameter(Mandatory)] [string] $Drive) {
    [IO.Directory]::CreateDirectory([IO.Path]::Combine($Drive, [guid]::NewGuid().ToString('n'))).FullName
}

# Waits until something is true, at most so many seconds; says whether it came true.
function Wait-Condition {
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Condition, [int] $Seconds = 20)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while ($watch.Elapsed.TotalSeconds -lt $Seconds) {
        if (& $Condition) { return $true }
        [Threading.Thread]::Sleep(50)
    }
    $false
}

# What Tab offers at the end of a line.
function Get-Completion([Parameter(Mandatory)] [string] $Line) {
    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches | ForEach-Object CompletionText
}

# The lines of what a host of 80 columns shows, without colours.
function Get-Display {
    param([Parameter(ValueFromPipeline)] $InputObject)
    begin { $all = [Collections.Generic.List[object]]::new() }
    process { $all.Add($InputObject) }
    end { ($all | Out-String -Width 80) -replace "$([char] 27)\[[0-9;]*m" -split '\r?\n' | Where-Object { $_ } }
}

# The keys of Consul's below a prefix, as somebody who edits by hand would see it.
function Get-ConsulKey([Parameter(Mandatory)] [string] $Prefix) {
    # As one array, which PowerShell 7 does not take apart.
    $keys = Invoke-RestMethod -Uri "$($script:server.Address)/v1/kv/$((Get-ConsulMqConnection).Prefix)/$Prefix`?keys" -UseBasicParsing
    foreach ($key in $keys) { $key }
}

# Writes a key as somebody who edits by hand would.
function Set-ConsulKey([Parameter(Mandatory)] [string] $Key, [Parameter(Mandatory)] [string] $Value) {
    $null = Invoke-RestMethod -Method Put -Uri "$($script:server.Address)/v1/kv/$Key" -Body $Value -UseBasicParsing
}

$exported = @(
    'Import-TestModule', 'Get-TestModulePath', 'Test-DesktopBuild', 'Start-TestConsul', 'Stop-TestConsul', 'Get-TestAddress', 'Get-TestConsulPath', 'Connect-TestConsul'
    'New-TestFolder', 'Wait-Condition', 'Get-Completion', 'Get-Display', 'Get-ConsulKey', 'Set-ConsulKey', 'Get-FreePort'
)
Export-ModuleMember -Function $exported
