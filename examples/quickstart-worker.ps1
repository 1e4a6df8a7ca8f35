#requires -Version 7.4
# A worker for quickstart.ps1, which starts two of them. Each takes one file after the other from the first queue,
# hashes it, and pushes what it found to the second queue.
param(
    # Where Consul is.
    [string] $Address,
    # The folder in which the files lie.
    [string] $Folder,
    # What the worker is called in its results.
    [string] $Name,
    # A connection that is open already. Without one the worker makes its own.
    $Connection
)
$ErrorActionPreference = 'Stop'
Import-Module ConsulMq

if (-not $Connection) { $Connection = Connect-ConsulMq $Address }

# The pop waits without polling: a push wakes it. However many workers wait, each message goes to one of them.
while ($item = Pop-ConsulMqItem quickstart.files -Timeout 60s -Connection $Connection) {
    if ($item.Tags -contains 'stop') { break }

    $bytes = [IO.File]::ReadAllBytes([IO.Path]::Combine($Folder, $item.Body))
    $hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($bytes))

    # A hashtable becomes JSON on its way, and an object again on the other side.
    $null = [ordered]@{ file = $item.Body; sha256 = $hash; size = $bytes.Length; worker = $Name; process = $PID } |
        Push-ConsulMqItem quickstart.hashes -Connection $Connection
}
