# The packages that are published. A part of build.ps1.

# The same tree gives the same bytes: entries in order, one time for all of them.
function Package {
    Build
    $version = [regex]::Match([IO.File]::ReadAllText((InRoot ConsulMq.psd1)), "(?m)^\s*ModuleVersion\s*=\s*'([0-9.]+)'").Groups[1].Value
    $folder = [IO.Directory]::CreateDirectory([IO.Path]::Combine($out, 'package')).FullName
    $package = [IO.Path]::Combine($folder, "ConsulMq.$version.zip")
    [IO.File]::Delete($package)
    $zip = [IO.Compression.ZipFile]::Open($package, 'Create')
    try {
        foreach ($path in [IO.Directory]::GetFiles($layout, '*', 'AllDirectories') | Sort-Ordinal) {
            $entry = $zip.CreateEntry('ConsulMq/' + [IO.Path]::GetRelativePath($layout, $path).Replace('\', '/'), 'SmallestSize')
            $entry.LastWriteTime = [DateTimeOffset]::new(2000, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
            $entry.ExternalAttributes = 0x81A4 -shl 16 # a regular file, rw-r--r--
            $stream = $entry.Open()
            try { $stream.Write([IO.File]::ReadAllBytes($path)) } finally { $stream.Dispose() }
        }
    } finally {
        $zip.Dispose()
    }
    Say $package
}
