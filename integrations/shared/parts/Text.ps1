# Text that goes where other programs read: JSON, markdown, the log. A part of Invoke-ConsulMqStep.ps1.

# A JSON string. Windows PowerShell has no System.Text.Json, and what is needed of it is this. All but printable ASCII is escaped.
function ConvertTo-StepJsonString([string] $text) {
    $json = [Text.StringBuilder]::new('"', $text.Length + 16)
    foreach ($char in $text.ToCharArray()) {
        $number = [int] $char
        if ($char -eq '"' -or $char -eq '\') {
            $null = $json.Append('\').Append($char)
        } elseif ($number -lt 32 -or $number -gt 126) {
            $null = $json.Append('\u').Append($number.ToString('x4', [Globalization.CultureInfo]::InvariantCulture))
        } else {
            $null = $json.Append($char)
        }
    }
    $json.Append('"').ToString()
}

# A JSON object of strings, numbers and nulls, in the order of the dictionary.
function ConvertTo-StepJsonObject([Collections.IDictionary] $values) {
    $members = foreach ($name in $values.Keys) {
        $value = $values[$name]
        $text = if ($null -eq $value) { 'null' } elseif ($value -is [int]) { "$value" } else { ConvertTo-StepJsonString $value }
        "$(ConvertTo-StepJsonString $name):$text"
    }
    '{' + ($members -join ',') + '}'
}

# Text in a cell of a markdown table that means nothing but itself: whatever is not a letter, a digit or harmless is a character reference.
function ConvertTo-StepCell([string] $text) {
    if ($text.Length -gt 200) { $text = $text.Substring(0, 200) + '...' }
    $cell = [Text.StringBuilder]::new()
    for ($i = 0; $i -lt $text.Length; $i++) {
        if ([char]::IsHighSurrogate($text[$i]) -and $i + 1 -lt $text.Length -and [char]::IsLowSurrogate($text[$i + 1])) {
            $null = $cell.Append('&#').Append([char]::ConvertToUtf32($text[$i], $text[++$i])).Append(';')
        } elseif ([char]::IsLetterOrDigit($text[$i]) -or ' -.'.IndexOf($text[$i]) -ge 0) {
            $null = $cell.Append($text[$i])
        } elseif ([char]::IsControl($text[$i]) -or [char]::IsSurrogate($text[$i])) {
            $null = $cell.Append(' ')
        } else {
            $null = $cell.Append('&#').Append([int] $text[$i]).Append(';')
        }
    }
    $cell.ToString()
}

# A line of the log that no runner takes for a command of its own: those begin with two colons, or have ## and a bracket in them.
function ConvertTo-StepLogLine([string] $text) {
    [regex]::Replace([regex]::Replace($text, '[\p{C}\u2028\u2029]', ' '), '([:#])(?=\1)', '$1 ')
}

function ConvertTo-StepSize([long] $bytes) {
    $culture = [Globalization.CultureInfo]::InvariantCulture
    if ($bytes -lt 1KB) { return "$bytes B" }
    if ($bytes -lt 1MB) { return [string]::Format($culture, '{0:0.#} KiB', $bytes / 1KB) }
    [string]::Format($culture, '{0:0.#} MiB', $bytes / 1MB)
}

function ConvertTo-StepAge([TimeSpan] $age) {
    if ($age.TotalMinutes -lt 1) { return "$([Math]::Max(0, [int] [Math]::Floor($age.TotalSeconds))) s" }
    if ($age.TotalHours -lt 1) { return "$([int] [Math]::Floor($age.TotalMinutes)) min" }
    if ($age.TotalDays -lt 1) { return "$([int] [Math]::Floor($age.TotalHours)) h" }
    "$([int] [Math]::Floor($age.TotalDays)) d"
}

# An error of the step's own, with an ID as those of the module have.
function ConvertTo-StepError([string] $id, [string] $message) {
    [Management.Automation.ErrorRecord]::new([InvalidOperationException]::new($message), $id, 'InvalidArgument', $null)
}

# The ID of an error and its text, which says what to do.
function Get-StepFailure([Management.Automation.ErrorRecord] $failure) {
    ($failure.FullyQualifiedErrorId -split ',')[0]
    $text = if ($failure.ErrorDetails -and $failure.ErrorDetails.Message) { $failure.ErrorDetails.Message } else { $failure.Exception.Message }
    if ($failure.ErrorDetails -and $failure.ErrorDetails.RecommendedAction) { $text += ' ' + $failure.ErrorDetails.RecommendedAction }
    $text
}
