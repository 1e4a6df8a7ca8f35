using System.Text;
using ConsulMq.HelpBuilder.Output;
using ConsulMq.HelpBuilder.Pages;

namespace ConsulMq.HelpBuilder;

/// <summary>
/// The help of a module: what the engine says of its cmdlets, and the prose of the pages. The same module and the same pages give the same bytes.
/// </summary>
internal sealed class Help(string moduleFolder, string docsFolder)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the files that lie in the folder <c>en-US</c> of the module. Nothing is written where a page is wrong.</summary>
    /// <exception cref="PageException">Pages cannot be read, or do not say what the cmdlets are.</exception>
    public void Write(string folder)
    {
        ModuleShape module = ModuleShape.Read(moduleFolder);
        var faults = new List<PageFault>();
        var pages = Read(Path.Combine(docsFolder, "cmdlets"), CmdletPage.Read, faults);
        var topics = Read(Path.Combine(docsFolder, "about"), AboutPage.Read, faults);
        PageCheck.Compare(pages, module, Path.Combine(docsFolder, "cmdlets"), faults);
        if (faults.Count > 0)
            throw new PageException(faults);

        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(folder))
            File.Delete(file);
        File.WriteAllText(Path.Combine(folder, module.HelpFile), new MamlWriter(module).Write(pages), Utf8);
        foreach (AboutPage topic in topics)
            File.WriteAllText(Path.Combine(folder, topic.Name + ".help.txt"), AboutText.Of(topic), Utf8);
    }

    private static List<TPage> Read<TPage>(string folder, Func<string, TPage> read, List<PageFault> faults)
    {
        var pages = new List<TPage>();
        foreach (string file in Directory.GetFiles(folder, "*.md").Order(StringComparer.Ordinal))
        {
            try
            {
                pages.Add(read(file));
            }
            catch (PageException e)
            {
                faults.AddRange(e.Faults);
            }
        }

        return pages;
    }
}
