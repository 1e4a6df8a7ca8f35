# Finds, installs and imports the module, and connects. A part of Invoke-ConsulMqStep.ps1.

# The module of the same release as this script, which lies in its repository.
function Get-StepModuleVersion([hashtable] $step) {
    if ($step.version) {
        if ($step.version -notmatch '^\d+\.\d+\.\d+(-[A-Za-z][A-Za-z0-9]*)?\z') { throw (ConvertTo-StepError 'InvalidInput' "'version' is '$($step.version)'. Set it to one such as 1.2.3 or 1.2.3-rc1.") }
        return $step.version
    }
    $manifest = [IO.Path]::Combine($PSScriptRoot, '..', '..', '..', 'ConsulMq.psd1')
    if ([IO.File]::Exists($manifest)) {
        $match = [regex]::Match([IO.File]::ReadAllText($manifest), "(?m)^\s*ModuleVersion\s*=\s*'([0-9.]+)'")
        if ($match.Success) { return $match.Groups[1].Value }
    }
    throw (ConvertTo-StepError 'ModuleNotInstalled' "Which version of ConsulMq to use is unknown: the script is not in its repository. Set 'version' or 'module-path'.")
}

function Install-StepModule([string] $version, [bool] $again) {
    $how = @{}
    if (Get-Command -Name Install-PSResource -ErrorAction Ignore) {
        if ($again) { $how.Reinstall = $true }
        if ($version.Contains('-')) { $how.Prerelease = $true }
        $null = Install-PSResource @how -Name ConsulMq -Version $version -Repository PSGallery -Scope CurrentUser -TrustRepository -Quiet
    } elseif (Get-Command -Name Install-Module -ErrorAction Ignore) {
        # Windows PowerShell does not offer what the Gallery asks for by itself.
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
        if ($version.Contains('-')) { $how.AllowPrerelease = $true }
        $null = Install-Module @how -Name ConsulMq -RequiredVersion $version -Repository PSGallery -Scope CurrentUser -Force
    } else {
        throw (ConvertTo-StepError 'ModuleNotInstalled' "ConsulMq $version is not installed, and neither PSResourceGet nor PowerShellGet is here to install it. Install it on the runner, or set 'module-path'.")
    }
}

function Import-StepModule([hashtable] $step) {
    if ($step['module-path']) {
        $manifest = [IO.Path]::Combine([IO.Path]::GetFullPath($step['module-path']), 'ConsulMq.psd1')
        if (-not [IO.File]::Exists($manifest)) { throw (ConvertTo-StepError 'ModuleNotInstalled' "There is no ConsulMq.psd1 in '$($step['module-path'])'. Set 'module-path' to the folder of the module.") }
        Import-Module -Name $manifest -Global
        return
    }

    $version = Get-StepModuleVersion $step
    # A module's version has no label: a release and its candidates lie in one folder. Where one of them is asked for by name, the others are not it.
    $numbers, $label = $version -split '-', 2
    $same = @(Get-Module -Name ConsulMq -ListAvailable | Where-Object { $_.Version -eq [version] $numbers })
    $installed = @($same | Where-Object { -not $step.version -or [string] $_.PrivateData['PSData']['Prerelease'] -eq [string] $label })
    if (-not $installed) {
        if (-not $step.install) { throw (ConvertTo-StepError 'ModuleNotInstalled' "ConsulMq $version is not installed, and 'install' is false. Install it on the runner, or set 'install' to true.") }
        try {
            Install-StepModule $version ($same.Count -gt 0)
        } catch {
            throw (ConvertTo-StepError 'ModuleNotInstalled' "ConsulMq $version could not be installed: $($_.Exception.Message) Install it on the runner, or set 'module-path'.")
        }
    }
    # By its path: another folder may hold another one with the same numbers.
    if ($installed) { Import-Module -Name $installed[0].Path -Global } else { Import-Module -Name ConsulMq -RequiredVersion $numbers -Global }
}

# Not registered as a node: a step is gone before anybody has looked.
function Connect-StepConsul([hashtable] $step) {
    $to = @{ NoRegister = $true; WarningAction = 'SilentlyContinue'; WarningVariable = 'warnings' }
    if ($step.address) { $to.Address = $step.address }
    if ($step.prefix) { $to.Prefix = $step.prefix }
    if ($step.datacenter) { $to.Datacenter = $step.datacenter }
    $token = Get-StepVariable 'token'
    if ($token) { $to.Token = $token.Trim() }
    Connect-ConsulMq @to
    foreach ($warning in $warnings) { Write-StepIssue 'warning' 'Connection' "$warning" }
}
