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

# What help is made of, each with its length and its time: as long as that is the same, the help is.
function Get-HelpInput([string] $builder) {
    $files = @(foreach ($folder in 'cmdlets', 'about') { [IO.Directory]::GetFiles((InRoot docs $folder), '*.md') })
    $files += $builder, (InRoot ConsulMq.psd1), (InRoot module ConsulMq.psm1)
    $files += [IO.Directory]::GetFiles([IO.Path]::Combine($layout, 'net8.0'), '*.dll')
    $lines = foreach ($file in [IO.FileInfo[]] $files) { "$($file.FullName) $($file.Length) $($file.LastWriteTimeUtc.Ticks)" }
    $lines -join "`n"
}

# The files of Get-Help, made of the pages in docs and of the module as it lies in the layout. Returns them as Get-Layout does.
function Build-Help {
    $builder = InRoot tools HelpBuilder bin $configuration net10.0 ConsulMq.HelpBuilder.dll
    $folder = [IO.Path]::Combine($out, 'help', 'en-US')
    $stamp = [IO.Path]::Combine($out, 'help', 'made-of.txt')
    $made = Get-HelpInput $builder
    if (-not [IO.File]::Exists($stamp) -or [IO.File]::ReadAllText($stamp) -ne $made) {
        $log = @(& dotnet $builder $layout (InRoot docs) $folder 2>&1)
        if ($LASTEXITCODE) {
            $log | ForEach-Object { Say "$_" }
            Fail 'the help cannot be made of these pages'
        }
        [IO.File]::WriteAllText($stamp, $made)
    }
    $files = [ordered]@{}
    foreach ($path in [IO.Directory]::GetFiles($folder)) { $files[[IO.Path]::Combine('en-US', [IO.Path]::GetFileName($path))] = $path }
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
    $help = Build-Help
    foreach ($name in $help.Keys) {
        $files[$name] = $help[$name]
        Update-File $files[$name] ([IO.Path]::Combine($layout, $name))
    }
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
