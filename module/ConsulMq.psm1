# The loader: one module, two builds. It runs at every import, so the usual way through it is one comparison and one command.
# The build for Windows PowerShell 5.1 brings System.Text.Json along; its assembly sees to it itself that those files are found.
if ($PSEdition -eq 'Core') {
    $build = 'net8.0'
} else {
    $build = 'netstandard2.0'
    # Before 4.7.2 (that is what 461808 means) .NET Framework lacks parts of .NET Standard 2.0, and the errors tell of anything but that.
    $framework = [Microsoft.Win32.Registry]::GetValue('HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full', 'Release', 0)
    if ($framework -lt 461808) {
        throw 'ConsulMq needs .NET Framework 4.7.2 or later under Windows PowerShell 5.1. Install it (https://dot.net), or use PowerShell 7.4 or later.'
    }
}
try {
    Import-Module "$PSScriptRoot/$build/ConsulMq.Module.dll" -ErrorAction Stop
} catch {
    if ($build -eq 'net8.0' -and $PSVersionTable.PSVersion -lt [version]'7.4') {
        throw "ConsulMq needs PowerShell 7.4 or later, or Windows PowerShell 5.1; this is PowerShell $($PSVersionTable.PSVersion)."
    }
    # .NET keeps an assembly until the process ends, and takes no other of that name beside it.
    foreach ($loaded in [AppDomain]::CurrentDomain.GetAssemblies()) {
        if ($_.Exception -is [IO.FileLoadException] -and $loaded.GetName().Name -eq 'ConsulMq.Module') {
            throw "This session has loaded ConsulMq $($loaded.GetName().Version.ToString(3)) before. Start a new one to use that in '$PSScriptRoot'."
        }
    }
    throw
}
