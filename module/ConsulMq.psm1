# The loader: one module, two builds. It runs at every import, so the usual way through it is one comparison and one command.
# The build for Windows PowerShell 5.1 brings System.Text.Json along; its assembly sees to it itself that those files are found.
if ($PSEdition -eq 'Core') { $build = 'net8.0' } else { $build = 'netstandard2.0' }
try {
    Import-Module "$PSScriptRoot/$build/ConsulMq.Module.dll" -ErrorAction Stop
} catch {
    if ($build -eq 'net8.0' -and $PSVersionTable.PSVersion -lt [version]'7.4') {
        throw "ConsulMq needs PowerShell 7.4 or later, or Windows PowerShell 5.1; this is PowerShell $($PSVersionTable.PSVersion)."
    }
    throw
}
