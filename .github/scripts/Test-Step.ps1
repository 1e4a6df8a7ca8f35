# The script behind the steps for pipelines, in the PowerShell that runs this one: pushes, leases and completes on a Consul of its own.
# The module is that in the folder CONSULMQ_TEST_MODULE. For Windows PowerShell 5.1 and PowerShell 7.
$ErrorActionPreference = 'Stop'

$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
Import-Module ([IO.Path]::Combine($env:CONSULMQ_TEST_MODULE, 'ConsulMq.psd1'))
$step = [IO.Path]::Combine($root, 'integrations', 'shared', 'Invoke-ConsulMqStep.ps1')
$shell = (Get-Process -Id $PID).Path
$outputs = [IO.Path]::GetTempFileName()
$body = "two lines,`r`nand `"; exit 3 # `$(exit 3) ::error::no ##vso[x]y id=stolen Gr$([char] 0xFC)$([char] 0xDF)e"

function Invoke-Step([hashtable] $inputs) {
    foreach ($variable in @([Environment]::GetEnvironmentVariables().Keys)) {
        if ($variable -like 'CONSULMQ_STEP_*') { [Environment]::SetEnvironmentVariable($variable, $null) }
    }
    # Not on the runner's own output: this is a test.
    $env:GITHUB_ACTIONS = $env:TF_BUILD = $null
    [IO.File]::WriteAllText($outputs, '')
    $inputs['module-path'] = $env:CONSULMQ_TEST_MODULE
    $inputs.queue = 'jobs'
    $inputs.address = $agent.Address
    $inputs.output = $outputs
    foreach ($name in $inputs.Keys) { [Environment]::SetEnvironmentVariable('CONSULMQ_STEP_' + $name.ToUpperInvariant().Replace('-', '_'), $inputs[$name]) }
    & $shell -NoProfile -ExecutionPolicy Bypass -File $step | Out-Host
    if ($LASTEXITCODE) { throw "The step '$($inputs.operation)' ended with exit code $LASTEXITCODE." }
    $result = @{}
    foreach ($line in [IO.File]::ReadAllLines($outputs)) {
        $output = $line | ConvertFrom-Json
        $result[$output.name] = $output.value
    }
    $result
}

if (-not $env:CONSULMQ_CONSUL) {
    $getConsul = if ($env:OS -eq 'Windows_NT') { 'get-consul.ps1' } else { 'get-consul' }
    $env:CONSULMQ_CONSUL = & ([IO.Path]::Combine($root, 'tools', $getConsul))
}
$agent = Start-ConsulMqDevAgent
try {
    $pushed = Invoke-Step @{ operation = 'push'; body = $body }
    $leased = Invoke-Step @{ operation = 'lease'; lease = '5m' }
    $completed = Invoke-Step @{ operation = 'complete'; id = $leased.id; receipt = $leased.receipt }
    $left = Invoke-Step @{ operation = 'count' }
    if ($leased.body -cne $body) { throw "The body came out as '$($leased.body)'." }
    if ($leased.id -ne $pushed.id -or $completed['count'] -ne '1' -or $left['count'] -ne '0') { throw 'The message did not go its way.' }
    "The step works in PowerShell $($PSVersionTable.PSVersion)."
} finally {
    Stop-ConsulMqDevAgent
    [IO.File]::Delete($outputs)
}
