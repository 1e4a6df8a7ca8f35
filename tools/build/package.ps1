# The packages that are published, and the module installed from them. A part of build.ps1.

function Invoke-Packager {
    $packager = InRoot tools Packager bin $configuration net10.0 ConsulMq.Packager.dll
    & dotnet $packager @args
    if ($LASTEXITCODE) { Fail 'packing failed' }
}

# Returns the paths of what it packed. The tree was built.
function New-Package { Invoke-Packager pack $root $layout ([IO.Path]::Combine($out, 'package')) }

function Package {
    Build
    New-Package | ForEach-Object { Say $_ }
}

# Packs the module and installs the package as a user's client does. The tree was built. Returns the module's folder, under out/installed/Modules.
function Install-BuiltModule {
    $null = New-Package
    $installed = [IO.Path]::Combine($out, 'installed')
    if ([IO.Directory]::Exists($installed)) { [IO.Directory]::Delete($installed, $true) }
    Invoke-Packager install ([IO.Path]::Combine($out, 'package')) ([IO.Path]::Combine($installed, 'Modules'))
}
