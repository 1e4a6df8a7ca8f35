using ConsulMq.HelpBuilder;
using ConsulMq.HelpBuilder.Pages;

if (args is not [var module, var docs, var output])
{
    Console.Error.WriteLine("usage: HelpBuilder MODULE_FOLDER DOCS_FOLDER OUTPUT_FOLDER");
    return 64;
}

try
{
    new Help(module, docs).Write(output);
    return 0;
}
catch (PageException e)
{
    foreach (PageFault fault in e.Faults)
        Console.Error.WriteLine(fault);
    return 1;
}
