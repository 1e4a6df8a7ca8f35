# Looks for secrets in files: every line of every file of one folder, in every file of another one. Gives the names of the files that hold one, never the secret.
# Keeps to the language and .NET, as build.ps1 does.
#   tools/search-secrets.ps1 SECRETS RESULTS
$ErrorActionPreference = 'Stop'
$secretFolder, $resultFolder = $args

$secrets = [Collections.Generic.HashSet[string]]::new()
if ([IO.Directory]::Exists($secretFolder)) {
    foreach ($file in [IO.Directory]::GetFiles($secretFolder)) {
        foreach ($line in [IO.File]::ReadAllLines($file)) { if ($line) { $null = $secrets.Add($line) } }
    }
}

$files = 0
$bytes = [long] 0
$hits = @()
if ([IO.Directory]::Exists($resultFolder)) {
    foreach ($file in [IO.Directory]::GetFiles($resultFolder, '*', 'AllDirectories')) {
        $text = [IO.File]::ReadAllText($file)
        $files++
        $bytes += [IO.FileInfo]::new($file).Length
        foreach ($secret in $secrets) {
            if ($text.Contains($secret, [StringComparison]::Ordinal)) {
                $hits += $file
                break
            }
        }
    }
}

@{ Secrets = $secrets.Count; Files = $files; Bytes = $bytes; Hits = $hits }
