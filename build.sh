#!/usr/bin/env bash
# Runs build.ps1 with pwsh, or with the host in tools/ScriptHost where pwsh is not installed. See build.ps1 for the tasks.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! command -v dotnet >/dev/null; then
    echo 'build: dotnet is not on PATH; install the .NET 10 SDK (https://dot.net)' >&2
    exit 1
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 POWERSHELL_TELEMETRY_OPTOUT=1
# Accounts without a home exist on build machines, and dotnet wants one.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
    export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-$root/.tools/home}" NUGET_PACKAGES="${NUGET_PACKAGES:-$root/.tools/packages}"
    mkdir -p "$DOTNET_CLI_HOME"
fi
# No process of the build outlives it where nobody would use it again.
if [ -n "${CI:-}" ]; then
    export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
fi

if command -v pwsh >/dev/null; then
    exec pwsh -NoLogo -NoProfile -File "$root/build.ps1" "$@"
fi

# In a folder of its own, so that a build of the solution never replaces the host that runs it.
host=$root/.tools/ScriptHost
sources=("$root"/tools/ScriptHost/*.cs "$root"/tools/ScriptHost/*.csproj "$root/Directory.Packages.props")
if [ ! -f "$host/ConsulMq.ScriptHost" ] || [ -n "$(find "${sources[@]}" -newer "$host/ConsulMq.ScriptHost.dll")" ]; then
    mkdir -p "$root/.tools"
    new=$(mktemp -d "$root/.tools/ScriptHost.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    if ! log=$(dotnet publish "$root/tools/ScriptHost" -c Release -o "$new" --nologo -v quiet 2>&1); then
        printf '%s\n' "$log" >&2
        exit 1
    fi
    touch "$new/ConsulMq.ScriptHost.dll"
    rm -rf "$host"
    mv "$new" "$host"
    trap - EXIT
fi

# The host is an executable of its own and has to find the runtime that belongs to the dotnet on PATH.
if [ -z "${DOTNET_ROOT:-}" ]; then
    DOTNET_ROOT=$(dotnet --list-runtimes | sed -n 's|^Microsoft\.NETCore\.App .*\[\(.*\)[/\\]shared[/\\].*|\1|p' | tail -n 1)
    export DOTNET_ROOT
fi
exec "$host/ConsulMq.ScriptHost" "$root/build.ps1" "$@"
