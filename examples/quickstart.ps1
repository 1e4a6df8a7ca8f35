#requires -Version 7.4
# Two worker processes compete for a queue of files, hash each, and answer in a second queue; this script checks it all.
#
#     ./build.sh demo                 from the project's folder, or
#     pwsh examples/quickstart.ps1    where the module is installed
#
# It starts a Consul of its own and stops it again. With a Consul of yours, Connect-ConsulMq takes the place of that.
# Nothing here but the language, .NET and ConsulMq: so it runs where only PowerShell's bare engine is there, too.
param(
    # The folder whose files are hashed. Default: this project.
    [string] $Folder = [IO.Path]::GetDirectoryName($PSScriptRoot),

    # Use the model of Consul inside this process though there is a real one.
    [switch] $InMemory
)
$ErrorActionPreference = 'Stop'
Import-Module ConsulMq

$workerScript = [IO.Path]::Combine($PSScriptRoot, 'quickstart-worker.ps1')

# A Consul for this script alone: the one in PATH, or the one that tools/get-consul has fetched. None: returns nothing.
function Start-Consul {
    $name = if ($IsWindows) { 'consul.exe' } else { 'consul' }
    $fetched = [IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), '.tools', $name)
    try {
        Start-ConsulMqDevAgent
    } catch {
        if ($_.FullyQualifiedErrorId -notlike 'ConsulNotFound*') { throw }
        if ([IO.File]::Exists($fetched)) { Start-ConsulMqDevAgent $fetched }
    }
}

# How many entries Consul's Raft log has.
function Get-RaftIndex([string] $Address) {
    $http = [Net.Http.HttpClient]::new()
    try {
        $self = $http.GetStringAsync("$Address/v1/agent/self").GetAwaiter().GetResult()
        [long] [regex]::Match($self, '"commit_index":\s*"(\d+)"').Groups[1].Value
    } finally {
        $http.Dispose()
    }
}

# The same program that runs this script (pwsh, or the project's small host) runs a worker as a process of its own.
function Start-WorkerProcess([string] $Name, [string] $Address) {
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($argument in '-NoProfile', '-File', $workerScript, '-Address', $Address, '-Folder', $Folder, '-Name', $Name) {
        $start.ArgumentList.Add($argument)
    }
    [Diagnostics.Process]::Start($start)
}

# Without Consul: a worker in a runspace, that is a thread, of this process. It shares the connection.
function Start-WorkerRunspace([string] $Name, $Connection) {
    $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $shell.AddScript([IO.File]::ReadAllText($workerScript))
    $null = $shell.AddParameter('Connection', $Connection).AddParameter('Folder', $Folder).AddParameter('Name', $Name)
    $null = $shell.BeginInvoke()
    $shell
}

function Get-Sha256([string] $File) {
    [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([IO.File]::ReadAllBytes($File)))
}

$workers = @()
$agent = $null
try {
    if (-not $InMemory) { $agent = Start-Consul }
    if ($agent) {
        "Consul $($agent.Version) runs at $($agent.Address), for this script alone."
        $raftBefore = Get-RaftIndex $agent.Address
    } else {
        'No Consul: this runs on a model of it inside this process. Nothing is durable.'
        $null = Connect-ConsulMq -InMemory
    }

    # 1. Every file becomes a message. The first push to a queue creates it.
    $files = @([IO.Directory]::GetFiles($Folder, '*', 'AllDirectories') |
            ForEach-Object { [IO.Path]::GetRelativePath($Folder, $_).Replace('\', '/') } |
            Where-Object { $_ -notmatch '(^|/)(bin|obj|out|TestResults|\.git|\.tools|\.vs|\.idea)(/|$)' })
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $pushed = @($files | Push-ConsulMqItem quickstart.files)
    ''
    "$($pushed.Count) files are in the queue after $($watch.ElapsedMilliseconds) ms."

    # 2. What a look at it shows. None of these takes anything. (Out-Host: a table for each, though one script writes them all.)
    Get-ConsulMqQueue quickstart.* | Out-Host
    'The next to be popped, by Get-ConsulMqIndex and by Get-ConsulMqItem -Count 4:'
    @(Get-ConsulMqIndex quickstart.files)[0..3] | Out-Host
    Get-ConsulMqItem quickstart.files -Count 4 | Out-Host

    # 3. Two workers compete for them. Each file goes to one of the two.
    $workers = @(foreach ($name in 'A', 'B') {
            if ($agent) { Start-WorkerProcess $name $agent.Address } else { Start-WorkerRunspace $name (Get-ConsulMqConnection) }
        })

    # 4. The results come through the pipeline as the workers push them.
    $wrong = @()
    $byFile = @{}
    $results = @(Pop-ConsulMqItem quickstart.hashes -Count $files.Count -Timeout 2m | ForEach-Object {
            $result = $_.Body
            if ($byFile.ContainsKey($result.file)) { $wrong += "$($result.file) came back twice" }
            if ($result.sha256 -ne (Get-Sha256 ([IO.Path]::Combine($Folder, $result.file)))) { $wrong += "$($result.file) came back with another hash" }
            $byFile[$result.file] = $result
            $_
        })
    $watch.Stop()
    $wrong += @($files | Where-Object { -not $byFile.ContainsKey($_) } | ForEach-Object { "$_ did not come back" })
    if ($agent) { $raftAfter = Get-RaftIndex $agent.Address }

    "$($results.Count) results are back; the last of them, their bodies being objects again:"
    $results | Where-Object { $results.IndexOf($_) -ge $results.Count - 4 } | ForEach-Object {
        $result = $_.Body
        [pscustomobject]@{ Worker = $result.worker; Size = $result.size; Sha256 = $result.sha256.Substring(0, 12) + '...'; File = $result.file }
    } | Out-Host

    # 5. The workers are told to stop, by a message for each.
    $null = $workers | ForEach-Object { 'stop' } | Push-ConsulMqItem quickstart.files -Tag stop
    foreach ($worker in $workers | Where-Object { $_ -is [Diagnostics.Process] }) {
        if (-not $worker.WaitForExit(30000)) { $wrong += "worker process $($worker.Id) did not end" }
        elseif ($worker.ExitCode) { $wrong += "worker process $($worker.Id) ended with exit code $($worker.ExitCode)" }
    }

    if ($wrong) { throw "quickstart: $($wrong.Count) things are wrong:`n  $($wrong -join "`n  ")" }
    "Each of $($files.Count) files came back once, with the right hash, in $([Math]::Round($watch.Elapsed.TotalSeconds, 1)) s:"
    foreach ($name in 'A', 'B') {
        $own = @($byFile.Values | Where-Object { $_.worker -eq $name })
        "  worker $name$(if ($agent -and $own) { ", process $($own[0].process)" }): $($own.Count) files"
    }
    if ($agent) {
        $writes = $raftAfter - $raftBefore
        "  $writes Raft writes, $([Math]::Round($writes / $files.Count, 1)) a file: pop it, push its result, pop that; lost races"
    }
} finally {
    # Also after Ctrl-C: nothing stays behind.
    foreach ($worker in $workers) {
        if ($worker -is [powershell]) { $worker.Stop() } elseif (-not $worker.HasExited) { $worker.Kill() }
        $worker.Dispose()
    }
    if ($agent) { Stop-ConsulMqDevAgent $agent } else { Disconnect-ConsulMq }
}
