using System.Management.Automation;
using ConsulMq.Module.Tests.Commands;
using ConsulMq.TestSupport.Soaking;

namespace ConsulMq.Module.Tests.Access;

/// <summary>
/// Payloads that make careless readers run a command or open a file, as whoever may push could send them. Each would create a file; none does, and each comes
/// back as data.
/// </summary>
public sealed class GadgetTests() : CommandTests(InMemory)
{
    private const string Objects = """<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">""";

    private const string CliXml = "application/vnd.powershell.clixml";

    private readonly string _marker = Path.Combine(Path.GetTempPath(), "consulmq-gadget-" + Guid.NewGuid().ToString("n"));

    public static TheoryData<string, string> Json => new()
    {
        { "Json.NET, ObjectDataProvider", """{"$type":"System.Windows.Data.ObjectDataProvider, PresentationFramework, Version=4.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35","MethodName":"Start","MethodParameters":{"$type":"System.Collections.ArrayList, mscorlib","$values":["/bin/sh","-c \"touch MARKER\""]},"ObjectInstance":{"$type":"System.Diagnostics.Process, System"}}""" },
        { "JavaScriptSerializer", """{"__type":"System.Diagnostics.Process, System","StartInfo":{"__type":"System.Diagnostics.ProcessStartInfo, System","FileName":"touch","Arguments":"MARKER"}}""" },
        { "Fastjson and its like", """{"@type":"System.Configuration.Install.AssemblyInstaller, System.Configuration.Install","Path":"MARKER","type":"System.Diagnostics.Process"}""" },
        { "members of PowerShell's own", """{"PSTypeName":"System.Diagnostics.Process","pstypenames":["System.Diagnostics.Process"],"PSObject":{"Members":1},"ToString":"$(New-Item MARKER)","PSStandardMembers":{"DefaultDisplayPropertySet":"$([IO.File]::Create('MARKER'))"}}""" },
        { "a script", """{"a":"$([IO.File]::WriteAllText('MARKER',''))","b":"'; [IO.File]::WriteAllText('MARKER',''); '","c":"`$(touch MARKER)"}""" },
    };

    public static TheoryData<string, string> Xml => new()
    {
        { "ObjectDataProvider", Objects + """<Obj RefId="0"><TN RefId="0"><T>System.Windows.Data.ObjectDataProvider</T><T>System.Object</T></TN><Props><S N="MethodName">Start</S><Obj N="ObjectInstance" RefId="1"><TN RefId="1"><T>System.Diagnostics.Process</T></TN><Props><S N="FileName">touch MARKER</S></Props></Obj></Props></Obj></Objs>""" },
        { "XamlReader by a conversion", Objects + """<Obj RefId="0"><TN RefId="0"><T>System.Windows.Markup.XamlReader</T></TN><Props><S N="Xaml">&lt;ResourceDictionary xmlns="http://schemas.microsoft.com/winfx/2006/xaml/presentation" xmlns:d="clr-namespace:System.Diagnostics;assembly=system"&gt;&lt;ObjectDataProvider x:Key="" ObjectType="{x:Type d:Process}" MethodName="Start"/&gt;&lt;/ResourceDictionary&gt;</S></Props></Obj></Objs>""" },
        { "a credential", Objects + """<Obj RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCredential</T><T>System.Object</T></TN><ToString>x</ToString><Props><S N="UserName">u</S><SS N="Password">780000</SS></Props></Obj></Objs>""" },
        { "an address, a culture, a certificate, an error", Objects + """<Obj RefId="0"><TN RefId="0"><T>System.Net.IPAddress</T></TN><ToString>10.0.0.1</ToString><Props><S N="IPAddressToString">10.0.0.1</S></Props></Obj><Obj RefId="1"><TN RefId="1"><T>System.Globalization.CultureInfo</T></TN><ToString>de-DE</ToString><Props><I32 N="LCID">1031</I32></Props></Obj><Obj RefId="2"><TN RefId="2"><T>System.Security.Cryptography.X509Certificates.X509Certificate2</T></TN><Props><BA N="RawData">MIIB</BA></Props></Obj><Obj RefId="3"><TN RefId="3"><T>System.Management.Automation.ErrorRecord</T></TN><MS><S N="Exception">x</S></MS></Obj></Objs>""" },
        { "an instance of CIM with a class of its own", Objects + """<Obj RefId="0"><TN RefId="0"><T>Microsoft.Management.Infrastructure.CimInstance#root/cimv2/Win32_Process</T><T>Microsoft.Management.Infrastructure.CimInstance</T></TN><ToString>x</ToString><Props><S N="Name">n</S></Props><MS><Obj N="__ClassMetadata" RefId="1"><TN RefId="1"><T>System.Collections.ArrayList</T></TN><LST><Obj RefId="2"><MS><S N="ClassName">Win32_Process</S><S N="Namespace">root/cimv2</S><S N="ServerName">x</S><I32 N="Hash">1</I32><S N="MiXml">&lt;CLASS NAME="Win32_Process"&gt;&lt;/CLASS&gt;</S></MS></Obj></LST></Obj></MS></Obj></Objs>""" },
        { "the same, hidden by escapes and comments", Objects + """<Obj RefId="0"><TN RefId="0"><T>Microsoft.Management.Infrastructure._x0043_im<!-- -->Instance#root/cimv2/Win32_Process</T><T>deserialized.Microsoft.Management.Infrastructure.CimInstance</T></TN><Props><S N="Name">n</S></Props></Obj></Objs>""" },
        { "a script block", Objects + """<SBK>[IO.File]::WriteAllText('MARKER', '')</SBK></Objs>""" },
        { "a script block as a property", Objects + """<Obj RefId="0"><MS><SBK N="Block">[IO.File]::WriteAllText('MARKER', '')</SBK><S N="Text">$([IO.File]::WriteAllText('MARKER', ''))</S></MS></Obj></Objs>""" },
        { "BinaryFormatter's bytes", Objects + """<Obj RefId="0"><TN RefId="0"><T>System.Runtime.Serialization.Formatters.Binary.BinaryFormatter</T></TN><MS><BA N="SerializedData">AAEAAAD/////AQAAAAAAAAAMAgAAAElTeXN0ZW0=</BA></MS></Obj></Objs>""" },
        { "an entity from a file", """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>""" + Objects + """<S>&a;</S></Objs>""" },
        { "an entity in a document", Objects + """<XD>&lt;!DOCTYPE x [&lt;!ENTITY a SYSTEM "file:///etc/passwd"&gt;]&gt;&lt;x&gt;&amp;a;&lt;/x&gt;</XD></Objs>""" },
        { "entities without end", Objects + """<XD>&lt;!DOCTYPE x [&lt;!ENTITY a "aaaaaaaaaa"&gt;&lt;!ENTITY b "&amp;a;&amp;a;&amp;a;&amp;a;&amp;a;&amp;a;&amp;a;&amp;a;"&gt;&lt;!ENTITY c "&amp;b;&amp;b;&amp;b;&amp;b;&amp;b;&amp;b;&amp;b;&amp;b;"&gt;&lt;!ENTITY d "&amp;c;&amp;c;&amp;c;&amp;c;&amp;c;&amp;c;&amp;c;&amp;c;"&gt;&lt;!ENTITY e "&amp;d;&amp;d;&amp;d;&amp;d;&amp;d;&amp;d;&amp;d;"&gt;]&gt;&lt;x&gt;&amp;e;&amp;e;&amp;e;&lt;/x&gt;</XD></Objs>""" },
        { "an object in itself", Objects + """<Obj RefId="0"><MS><S N="a">b</S><Ref N="me" RefId="0"/></MS></Obj></Objs>""" },
        { "without end", Objects + string.Concat(Enumerable.Repeat("<Obj><LST>", 20_000)) + string.Concat(Enumerable.Repeat("</LST></Obj>", 20_000)) + "</Objs>" },
        { "a document without end", Objects + "<XD>" + string.Concat(Enumerable.Repeat("&lt;a&gt;", 5_000)) + string.Concat(Enumerable.Repeat("&lt;/a&gt;", 5_000)) + "</XD></Objs>" },
        { "none at all", "$([IO.File]::WriteAllText('MARKER', ''))" },
    };

    [Theory]
    [MemberData(nameof(Json))]
    public void JSON_comes_back_as_data(string name, string payload)
    {
        var body = payload.Replace("MARKER", _marker, StringComparison.Ordinal);
        Use(body, "$null = $text | Push-ConsulMqItem jobs -As Json");

        Assert.False(File.Exists(_marker), name);
        var value = Run("param($text) $null = $text | Push-ConsulMqItem again -As Json; $b = (Pop-ConsulMqItem again).Body; $b -is [psobject]; $b.psobject.BaseObject.GetType().FullName", new Dictionary<string, object> { ["text"] = body });
        Assert.Contains((string)value[1], new[] { "System.Management.Automation.PSCustomObject", "System.Collections.Specialized.OrderedDictionary" });
    }

    [Theory]
    [MemberData(nameof(Xml))]
    public void CliXml_comes_back_as_data(string name, string payload)
    {
        var body = payload.Replace("MARKER", _marker, StringComparison.Ordinal);
        var types = Use(body, $"$null = $text | Push-ConsulMqItem jobs -As Text -ContentType '{CliXml}'");

        Assert.False(File.Exists(_marker), name);
        Assert.All(types, static type => Assert.Contains(type, new[]
        {
            "System.Management.Automation.PSCustomObject", "System.String", "System.Xml.XmlDocument", "System.Object[]", "System.Collections.ArrayList", "System.Int32", "System.Byte[]", "System.Security.SecureString",
        }));
    }

    [Fact]
    public void What_a_message_says_of_its_type_is_kept_as_a_word()
    {
        Run("param($text) $null = $text | Push-ConsulMqItem jobs -As Text -ContentType '" + CliXml + "'", new Dictionary<string, object>
        {
            ["text"] = Objects + """<Obj RefId="0"><TN RefId="0"><T>System.Net.IPAddress</T></TN><Props><S N="IPAddressToString">10.0.0.1</S></Props></Obj></Objs>""",
        });

        Assert.Equal(["Deserialized.System.Net.IPAddress", "10.0.0.1"], Run("$b = (Pop-ConsulMqItem jobs).Body; $b.pstypenames[0]; $b.IPAddressToString"));
    }

    [Fact]
    public void A_document_does_not_bring_in_a_file()
    {
        File.WriteAllText(_marker, "from-a-file");
        try
        {
            var text = Objects + $"""<XD>&lt;!DOCTYPE x [&lt;!ENTITY a SYSTEM "file://{_marker}"&gt;]&gt;&lt;x&gt;&amp;a;&lt;/x&gt;</XD></Objs>""";
            var shown = Run($"param($text) $null = $text | Push-ConsulMqItem jobs -As Text -ContentType '{CliXml}'; $b = (Pop-ConsulMqItem jobs).Body; \"$b\"; \"$($b.InnerText)\"; \"$($b.OuterXml)\"", new Dictionary<string, object> { ["text"] = text });

            Assert.DoesNotContain(shown, static o => o.ToString()!.Contains("from-a-file", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(_marker);
        }
    }

    [Fact]
    public void What_a_session_says_of_a_type_is_not_done_to_a_message()
    {
        // A session that makes objects of what calls itself Trap, as some modules do with types of theirs.
        var module = Directory.CreateDirectory(_marker + ".module");
        try
        {
            File.WriteAllText(Path.Combine(module.FullName, "Trap.psd1"), "@{ ModuleVersion = '1.0'; TypesToProcess = 'Trap.ps1xml' }");
            File.WriteAllText(Path.Combine(module.FullName, "Trap.ps1xml"),
                "<Types><Type><Name>Deserialized.Trap</Name><Members><MemberSet><Name>PSStandardMembers</Name><Members><NoteProperty><Name>TargetTypeForDeserialization</Name><Value>System.IO.FileInfo</Value></NoteProperty></Members></MemberSet></Members></Type></Types>");
            Run($"Import-Module '{Path.Combine(module.FullName, "Trap.psd1")}'");
        }
        finally
        {
            module.Delete(true);
        }

        Run("param($text) $null = $text | Push-ConsulMqItem jobs -As Text -ContentType '" + CliXml + "'", new Dictionary<string, object>
        {
            ["text"] = Objects + """<Obj RefId="0"><TN RefId="0"><T>Trap</T></TN><ToString>/etc/passwd</ToString></Obj></Objs>""",
        });

        Assert.Equal(["System.Management.Automation.PSCustomObject"], Run("(Pop-ConsulMqItem jobs).Body.psobject.BaseObject.GetType().FullName"));
    }

    [Theory]
    [InlineData("$([IO.File]::WriteAllText('MARKER', ''))")]
    [InlineData("'; [IO.File]::WriteAllText('MARKER', '') #")]
    [InlineData("`$([IO.File]::WriteAllText('MARKER', ''))")]
    [InlineData("\u2019; [IO.File]::WriteAllText('MARKER', '') #")]
    public void A_script_in_a_name_a_tag_a_header_or_a_reason_stays_text(string script)
    {
        var text = script.Replace("MARKER", _marker, StringComparison.Ordinal);
        var name = script.Replace("MARKER", "m", StringComparison.Ordinal);
        Run(
            """
            param($text, $name)
            $null = $text | Push-ConsulMqItem jobs -Tag $text -Header @{ a = $text } -ContentType 'x/y'
            $null = $text | Push-ConsulMqItem $name
            foreach ($view in Get-ConsulMqItem jobs -All) { $view.Preview; [ConsulMq.Format]::Headers($view.Headers); [ConsulMq.Format]::Words($view.Tags) }
            $null = Find-ConsulMqItem jobs $text; $null = Find-ConsulMqItem * -Tag $text
            $null = Invoke-ConsulMqWorker $name -StopWhenEmpty { $_.Body }
            Pop-ConsulMqItem jobs -Lease | Deny-ConsulMqItem -Reason $text
            $null = Get-ConsulMqQueue; $null = Get-ConsulMqQueue | ConvertTo-ConsulMqPrometheus
            """, new Dictionary<string, object> { ["text"] = text, ["name"] = name });

        Assert.False(File.Exists(_marker));
        var completed = CompletionOf("Pop-ConsulMqItem -Queue ");
        Assert.All(completed.Where(word => word.Contains('(', StringComparison.Ordinal)), static word => Assert.StartsWith("'", word, StringComparison.Ordinal));
        foreach (var word in completed.Where(static word => word[0] == '\''))
            Run($"$null = {word}");
        Assert.False(File.Exists(_marker));
        new Figures("Locked doors").Write("Gadget payloads tried", $"{Json.Count + Xml.Count}");
    }

    public override void Dispose()
    {
        File.Delete(_marker);
        base.Dispose();
    }

    /// <summary>Pushes a body and does with it what a user does: looks at it, turns it into text, pushes it on. Gives the types of all that came back.</summary>
    private List<string> Use(string body, string push)
    {
        var result = Session.Run(
            "param($text) " + push + """

            $null = Get-ConsulMqItem jobs | ForEach-Object { $_.Preview; "$($_.Body)" }
            $item = Pop-ConsulMqItem jobs
            $item.Preview
            $item.Body | ForEach-Object { "$_" }
            [Management.Automation.PSSerializer]::Serialize($item.Body, 3)
            $all = @($item.Body)
            foreach ($one in $all) { if ($null -ne $one) { "type:" + $one.psobject.BaseObject.GetType().FullName; foreach ($p in $one.psobject.Properties) { if ($p.MemberType -eq 'NoteProperty' -and $null -ne $p.Value) { "type:" + $p.Value.psobject.BaseObject.GetType().FullName } } } }
            try { $null = $item.Body | Push-ConsulMqItem jobs2 -ErrorAction SilentlyContinue } catch { }
            """, new Dictionary<string, object> { ["text"] = body });
        return [.. result.Values.OfType<string>().Where(static s => s.StartsWith("type:", StringComparison.Ordinal)).Select(static s => s["type:".Length..])];
    }

    private List<string> CompletionOf(string line)
    {
        using var shell = Session.CreateShell();
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches.Select(static match => match.CompletionText)];
    }
}
