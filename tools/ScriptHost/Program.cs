using ConsulMq.ScriptHost;

if (CommandLine.Parse(args) is not { } commandLine)
{
    Console.Error.WriteLine(CommandLine.Usage);
    return 64;
}
Transcript.Begin();
return ScriptRun.Execute(commandLine);
