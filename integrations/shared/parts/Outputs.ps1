# What a step leaves behind: outputs, the table in the summary, a line in the log. A part of Invoke-ConsulMqStep.ps1.

# A later step gets a body in an environment variable: Linux allows 128 KiB there, Windows 32,767 characters.
$stepMostBytes = if ($env:OS -eq 'Windows_NT') { 30000 } else { 120000 }
$stepMostRows = 20

# The body as text and the name of its encoding. What is no text, or none that an environment variable can hold, is Base64.
function Get-StepBody($message) {
    $content = $message.ReadContent()
    if ("$($content.Kind)" -eq 'Bytes') { return [Convert]::ToBase64String($message.RawBody), 'base64' }
    $text = if ("$($content.Kind)" -eq 'Text') { $content.Text } else { [Text.Encoding]::UTF8.GetString($message.RawBody) }
    try {
        $null = [Text.UTF8Encoding]::new($false, $true).GetByteCount($text)
        $fits = $text.IndexOf([char] 0) -lt 0
    } catch {
        $fits = $false
    }
    if ($fits) { $text, 'utf-8' } else { [Convert]::ToBase64String($message.RawBody), 'base64' }
}

# Bodies that are too long for outputs are not lost: they go into files.
function Save-StepBody($messages) {
    $folder = [IO.Directory]::CreateDirectory([IO.Path]::Combine((Get-StepFolder), "consulmq-$([Guid]::NewGuid().ToString('n'))")).FullName
    foreach ($message in $messages) {
        $file = [IO.Path]::Combine($folder, "$($message.Id)")
        [IO.File]::WriteAllBytes($file, $message.RawBody)
    }
    if ($messages.Count -eq 1) { $file } else { $folder }
}

function Write-StepResult([hashtable] $step, [hashtable] $result) {
    $messages = $result.Messages
    $taken = $step.operation -in 'pop', 'lease', 'peek'
    # First what settles the messages, whatever becomes of their bodies.
    $first = [ordered]@{
        count = "$($result.Count)"
        id = (@(foreach ($message in $messages) { "$($message.Id)" }) + @($result.Settled | Where-Object { $_ })) -join "`n"
        queue = $step.queue
        receipt = @(foreach ($message in $messages) { if ($message.ReceiptHandle) { $message.ReceiptHandle } }) -join "`n"
    }
    foreach ($name in $first.Keys) { Write-StepOutput $name $first[$name] }
    $outputs = [ordered]@{
        body = ''
        encoding = ''
        'body-file' = ''
        items = Get-StepList $messages @()
    }
    $bodies = @()
    if ($taken -and $messages.Count -gt 0) {
        $size = 0
        foreach ($message in $messages) { $size += $message.Size }
        if ($step['body-file']) {
            $outputs['body-file'] = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($step['body-file'])
        } elseif ($size -le $stepMostBytes) {
            $bodies = @(foreach ($message in $messages) { , @(Get-StepBody $message) })
            $outputs.body, $outputs.encoding = $bodies[0]
        }
        $outputs.items = Get-StepList $messages $bodies
        # Base64 and JSON are longer than what they hold. Of one message the body need not be in both.
        $isWhole = Test-StepSize $outputs.items
        if (-not $outputs['body-file'] -and ($bodies.Count -eq 0 -or -not (Test-StepSize $outputs.body) -or -not ($isWhole -or $messages.Count -eq 1))) {
            $outputs.body = $outputs.encoding = ''
            $outputs['body-file'] = Save-StepBody $messages
            $isWhole = $false
        }
        if (-not $isWhole) { $outputs.items = Get-StepList $messages @() }
        if (-not (Test-StepSize $outputs.items)) { $outputs.items = '[]' }
    }

    foreach ($name in $outputs.Keys) { Write-StepOutput $name $outputs[$name] }
    Write-StepSummary (Get-StepTable $step $result)
    [Console]::Out.WriteLine((ConvertTo-StepLogLine "ConsulMq: $($step.operation), queue '$($step.queue)': $($result.Count) $(if ($result.Count -eq 1) { 'message' } else { 'messages' })."))
}

# Whether an environment variable can hold it.
function Test-StepSize([string] $text) { [Text.Encoding]::UTF8.GetByteCount($text) -le $stepMostBytes }

function Get-StepList($messages, $bodies) {
    $items = for ($i = 0; $i -lt $messages.Count; $i++) { Get-StepItem $messages[$i] $(if ($i -lt $bodies.Count) { $bodies[$i] }) }
    '[' + ($items -join ',') + ']'
}

function Get-StepItem($message, $body) {
    ConvertTo-StepJsonObject ([ordered]@{
            id = "$($message.Id)"
            queue = $message.Queue
            receipt = $message.ReceiptHandle
            body = if ($body) { $body[0] }
            encoding = if ($body) { $body[1] }
            contentType = $message.ContentType
            createdAt = $message.CreatedAt.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [Globalization.CultureInfo]::InvariantCulture)
            deliveries = [int] $message.DeliveryCount
            size = [int] $message.Size
        })
}

# One row a message, and no bodies: a summary is read by more people than a queue.
function Get-StepTable([hashtable] $step, [hashtable] $result) {
    $lead = "| $($step.operation) | $(ConvertTo-StepCell $step.queue) |"
    $now = [DateTimeOffset]::UtcNow
    $rows = @(
        foreach ($message in $result.Messages) { "$lead $($message.Id) | $(ConvertTo-StepAge ($now - $message.CreatedAt)) | $(ConvertTo-StepSize $message.Size) | $($message.DeliveryCount) |" }
        foreach ($id in $result.Settled) { "$lead $id | | | |" }
    )
    if ($step.operation -eq 'count') { $rows = @("$lead $($result.Count) ready | | | |") }
    if ($rows.Count -eq 0) { $rows = @("$lead none | | | |") }
    $more = $rows.Count - $stepMostRows
    if ($more -gt 0) { $rows = @($rows[0..($stepMostRows - 1)]) + "$lead and $more more | | | |" }
    (@('| Operation | Queue | ID | Age | Size | Deliveries |', '|---|---|---|--:|--:|--:|') + $rows + '') -join "`n"
}
