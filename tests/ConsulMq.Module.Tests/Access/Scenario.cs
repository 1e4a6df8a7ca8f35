namespace ConsulMq.Module.Tests.Access;

/// <summary>
/// Something that a user does with a cmdlet. In both scripts <c>$q</c> is the queue, and what <paramref name="Given"/> returns is <c>$given</c> in
/// <paramref name="Script"/>. <c>$folder</c> is a folder for files.
/// </summary>
/// <param name="Cmdlet">The cmdlet, and behind a colon which of its ways.</param>
/// <param name="Script">What the user does; throws where the result is wrong.</param>
/// <param name="Given">What somebody who may do everything has done before.</param>
public sealed record Scenario(string Cmdlet, string Script, string Given = "")
{
    private const string Three = "$null = 1..3 | Push-ConsulMqItem $q";

    /// <summary>A message that is held on a lease by a process that is somewhere else.</summary>
    private const string Held = Three + "; $i = Pop-ConsulMqItem $q -LeaseDuration 5m; [pscustomobject] @{ Id = $i.Id; Queue = $i.Queue; ReceiptHandle = $i.ReceiptHandle }";

    public static IReadOnlyList<Scenario> Pushing { get; } =
    [
        new("Push-ConsulMqItem", "Is 'a' ('a' | Push-ConsulMqItem $q).Body"),
        new("Push-ConsulMqItem:many", "Is 60 @(1..60 | Push-ConsulMqItem $q).Count", Three),
        new("Push-ConsulMqItem:big", "$null = ('x' * 600000) | Push-ConsulMqItem $q"),
        new("Push-ConsulMqItem:later", "$null = 'x' | Push-ConsulMqItem $q -Delay 1h"),
        new("Push-ConsulMqItem:once", "$null = 'x' | Push-ConsulMqItem $q -DeduplicationId d; Is $true ('x' | Push-ConsulMqItem $q -DeduplicationId d).IsDuplicate"),
        new("Push-ConsulMqItem:first", "$null = 'x' | Push-ConsulMqItem $q -First", Three),
        new("Push-ConsulMqItem:position", "$null = 'x' | Push-ConsulMqItem $q -Position 2", Three),
        new("Push-ConsulMqItem:limited", "$null = 'x' | Push-ConsulMqItem $q -Wait", "$null = New-ConsulMqQueue $q -MaxDepth 5; " + Three),
        new("Push-ConsulMqItem:file", "[IO.File]::WriteAllText(\"$folder/$q.f\", 'f'); $null = Push-ConsulMqItem $q -LiteralPath \"$folder/$q.f\""),
        new("Import-ConsulMqQueue", "$null = Import-ConsulMqQueue \"$folder/$q.jsonl\" -Queue $q", Three + "; Export-ConsulMqQueue $q -Path \"$folder/$q.jsonl\" -Force; Clear-ConsulMq $q -Confirm:$false"),
        new("New-ConsulMqQueue", "$null = New-ConsulMqQueue $q -TimeToLive 1h"),
    ];

    public static IReadOnlyList<Scenario> Looking { get; } =
    [
        new("Get-ConsulMqQueue", "Is 3 (Get-ConsulMqQueue $q).Depth", Three),
        new("Get-ConsulMqQueue:pattern", "Is $true (@(Get-ConsulMqQueue \"$q*\").Count -ge 1)", Three),
        new("Get-ConsulMqQueue:watch", "$n = 0; do { Get-ConsulMqQueue $q -Watch | ForEach-Object { $n = $_.Depth; break } } while ($false); Is 3 $n", Three),
        new("Get-ConsulMqItem", "Is 3 @(Get-ConsulMqItem $q -All).Count; Is 3 (Get-ConsulMqItem $q -Last).Body; Is 2 (Get-ConsulMqItem $q -Position 1).Body", Three),
        new("Get-ConsulMqIndex", "Is 3 @(Get-ConsulMqIndex $q).Count", Three),
        new("Find-ConsulMqItem", "Is 1 @(Find-ConsulMqItem $q '2').Count; $null = Find-ConsulMqItem $q '*' -State Ready, InFlight, Scheduled, Dead", Three),
        new("Export-ConsulMqQueue", "Export-ConsulMqQueue $q -Path \"$folder/$q.out.jsonl\"", Three),
        new("ConvertTo-ConsulMqPrometheus", "$null = Get-ConsulMqQueue $q | ConvertTo-ConsulMqPrometheus", Three),
    ];

    public static IReadOnlyList<Scenario> Consuming { get; } =
    [
        new("Pop-ConsulMqItem", "Is 1 (Pop-ConsulMqItem $q).Body; Is 3 (Pop-ConsulMqItem $q -Last).Body; Is 2 (Pop-ConsulMqItem $q -Position 0).Body", Three),
        new("Pop-ConsulMqItem:all", "Is 3 @(Pop-ConsulMqItem $q -All).Count", Three),
        new("Pop-ConsulMqItem:big", "Is 600000 (Pop-ConsulMqItem $q).Body.Length", "$null = ('x' * 600000) | Push-ConsulMqItem $q"),
        new("Pop-ConsulMqItem:file", "$null = Pop-ConsulMqItem $q -OutFile \"$folder/$q.body\"", Three),
        new("Pop-ConsulMqItem:wait", "Is $null (Pop-ConsulMqItem $q -Timeout 200ms).Body", "$null = New-ConsulMqQueue $q"),
        new("Pop-ConsulMqItem:due", "Is 'x' (Pop-ConsulMqItem $q -Timeout 20s).Body", "$null = 'x' | Push-ConsulMqItem $q -Delay 300ms"),
        new("Pop-ConsulMqItem:lease", "Pop-ConsulMqItem $q -Lease | Complete-ConsulMqItem", Three),
        new("Pop-ConsulMqItem:duration", "Is 1 @(Pop-ConsulMqItem $q -LeaseDuration 1m).Count", Three),
        new("Pop-ConsulMqItem:given back", "Is 1 (Pop-ConsulMqItem $q -Timeout 20s).Body", "$null = 1 | Push-ConsulMqItem $q; $null = Pop-ConsulMqItem $q -Lease; Disconnect-ConsulMq; $null = Connect-ConsulMq @server -NoRegister"),
        new("Pop-ConsulMqItem:dead", "Is $null (Pop-ConsulMqItem $q -Timeout 500ms).Body", "$null = New-ConsulMqQueue $q -MaxDeliveries 1; $null = 1 | Push-ConsulMqItem $q; $null = Pop-ConsulMqItem $q -Lease; Disconnect-ConsulMq; $null = Connect-ConsulMq @server -NoRegister"),
        new("Complete-ConsulMqItem", "$given | Complete-ConsulMqItem", Held),
        new("Undo-ConsulMqItem", "$given | Undo-ConsulMqItem", Held),
        new("Undo-ConsulMqItem:later", "$given | Undo-ConsulMqItem -Delay 1h", Held),
        new("Deny-ConsulMqItem", "$given | Deny-ConsulMqItem -Reason no", Held),
        new("Update-ConsulMqLease", "$null = $given | Update-ConsulMqLease", Held),
        new("Invoke-ConsulMqWorker", "Is 3 @(Invoke-ConsulMqWorker $q -StopWhenEmpty { $_.Body }).Count", Three),
        new("Invoke-ConsulMqWorker:check", "Is 3 @(Invoke-ConsulMqWorker $q -StopWhenEmpty -RegisterCheck -CriticalDepth 100 { $_.Body }).Count", Three),
    ];

    public static IReadOnlyList<Scenario> Operating { get; } =
    [
        new("Set-ConsulMqQueue", "$null = Set-ConsulMqQueue $q -MaxDepth 100", Three),
        new("Move-ConsulMqItem", "Is 3 @(Move-ConsulMqItem $q -Destination \"$q.other\" -All).Count", Three),
        new("Move-ConsulMqItem:dead", "Is 1 @(Move-ConsulMqItem \"$q.dead\" -Destination $q -All).Count", Three + "; Pop-ConsulMqItem $q -Lease | Deny-ConsulMqItem"),
        new("Remove-ConsulMqItem", "Get-ConsulMqItem $q | Remove-ConsulMqItem -Confirm:$false", Three),
        new("Pop-ConsulMqItem:found", "Is 1 @(Find-ConsulMqItem $q '2' | Pop-ConsulMqItem).Count", Three),
        new("Undo-ConsulMqItem:found", "Find-ConsulMqItem $q -State InFlight | Undo-ConsulMqItem", Held),
        new("Clear-ConsulMq", "Clear-ConsulMq $q -Confirm:$false", Three),
        new("Clear-ConsulMq:expired", "Clear-ConsulMq $q -Expired -Confirm:$false", "$null = 'x' | Push-ConsulMqItem $q -TimeToLive 1ms; " + Three),
        new("Remove-ConsulMqQueue", "Remove-ConsulMqQueue $q -Confirm:$false", Three),
        new("Register-ConsulMqQueueCheck", "$null = Register-ConsulMqQueueCheck $q -CriticalDepth 100", Three),
        new("Unregister-ConsulMqQueueCheck", "$null = Register-ConsulMqQueueCheck $q -CriticalDepth 100; Unregister-ConsulMqQueueCheck $q", Three),
        new("Get-ConsulMqNode", "for ($i = 0; $i -lt 100 -and -not (Get-ConsulMqNode -WarningAction SilentlyContinue); $i++) { [Threading.Thread]::Sleep(20) }; $null = Get-ConsulMqNode"),
    ];
}
