using ConsulMq.ScriptHost;

if (CommandLine.Parse(args) is not { } commandLine)
{
    Console.Error.WriteLine(CommandLine.Usage);
    return 64;
}
return ScriptRun.Execute(commandLine);
