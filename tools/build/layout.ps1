# The module as it lies on a module path: built, put together in out/ConsulMq, and looked over. A part of build.ps1.

# Replaces a file by renaming: a process that has the old one loaded keeps it whole.
function Update-File([string] $source, [string] $target) {
    $from = [IO.FileInfo]::new($source)
    $to = [IO.FileInfo]::new($target)
    if ($to.Exists -and $to.Length -eq $from.Length -and $to.LastWriteTimeUtc -eq $from.LastWriteTimeUtc) { return }
    $null = [IO.Directory]::CreateDirectory($to.DirectoryName)
    $new = "$target.$PID.new"
    $null = $from.CopyTo($new, $true)
    [IO.File]::Move($new, $target, $true)
}

function Clean {
    $folders = @($out)
    foreach ($group in 'src', 'tests', 'bench', 'tools') {
        $path = InRoot $group
        if (-not [IO.Directory]::Exists($path)) { continue }
        foreach ($project in [IO.Directory]::GetFiles($path, '*.csproj', 'AllDirectories')) {
            $folder = [IO.Path]::GetDirectoryName($project)
            $folders += [IO.Path]::Combine($folder, 'bin'), [IO.Path]::Combine($folder, 'obj')
        }
    }
    foreach ($folder in $folders) {
        if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
    }
}

# Every file of the layout: its path in the module, and where it comes from.
function Get-Layout {
    $files = [ordered]@{}
    foreach ($name in 'ConsulMq.psd1', 'LICENSE', 'README.md') {
        $path = InRoot $name
        if ([IO.File]::Exists($path)) { $files[$name] = $path }
    }
    $module = InRoot 'module'
    foreach ($path in [IO.Directory]::GetFiles($module, '*', 'AllDirectories')) {
        $files[[IO.Path]::GetRelativePath($module, $path)] = $path
    }
    foreach ($framework in 'net8.0', 'netstandard2.0') {
        foreach ($path in [IO.Directory]::GetFiles((InRoot src ConsulMq.Module bin $configuration $framework))) {
            if ([IO.Path]::GetExtension($path) -in '.dll', '.pdb') {
                $files[[IO.Path]::Combine($framework, [IO.Path]::GetFileName($path))] = $path
            }
        }
    }
    $files
}

function Build([string] $verbosity = 'minimal') {
    $log = @(& dotnet build (InRoot ConsulMq.sln) -c $configuration --nologo -v $verbosity '-clp:NoSummary;ForceNoAlign' |
            ForEach-Object { if ($verbosity -ne 'quiet') { Say $_ }; $_ })
    if ($LASTEXITCODE) {
        if ($verbosity -eq 'quiet') { $log | ForEach-Object { Say $_ } }
        Fail 'dotnet build failed'
    }

    $files = Get-Layout
    foreach ($name in $files.Keys) { Update-File $files[$name] ([IO.Path]::Combine($layout, $name)) }
    foreach ($path in [IO.Directory]::GetFiles($layout, '*', 'AllDirectories')) {
        if (-not $files.Contains([IO.Path]::GetRelativePath($layout, $path))) { [IO.File]::Delete($path) }
    }
    Assert-Layout
}

# What has clashed in other modules' users' sessions does not ship: the engine itself anywhere, third-party assemblies for PowerShell 7.
function Assert-Layout {
    foreach ($path in [IO.Directory]::GetFiles($layout, '*.dll', 'AllDirectories')) {
        $name = [IO.Path]::GetFileName($path)
        $ours = $name -in 'ConsulMq.dll', 'ConsulMq.Module.dll'
        $core = [IO.Path]::GetFileName([IO.Path]::GetDirectoryName($path)) -eq 'net8.0'
        if ($name -eq 'System.Management.Automation.dll' -or ($core -and -not $ours)) { Fail "$path must not be part of the module" }
    }
}
