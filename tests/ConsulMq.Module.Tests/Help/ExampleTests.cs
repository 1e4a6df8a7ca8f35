using ConsulMq.HelpBuilder.Pages;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Help;

/// <summary>Every example of every page of a cmdlet runs, without an error, and shows what the page says.</summary>
public abstract class ExampleTests(ConsulFixture consul) : IClassFixture<ConsulFixture>
{
    /// <summary>Their examples connect themselves.</summary>
    private static readonly string[] Unconnected = ["Connect-ConsulMq", "Start-ConsulMqDevAgent", "Stop-ConsulMqDevAgent"];

    /// <summary>
    /// What it shows is of the machine: its name and its user, or the Consul that it is connected to.
    /// </summary>
    private static readonly (string Page, int Number)[] OfTheMachine = [("Get-ConsulMqNode", 1), ("Get-ConsulMqConnection", 1)];

    /// <summary>The examples of the pages of which there are so many classes, and this is one: classes run side by side.</summary>
    protected static TheoryData<string, int> Part(int part, int parts)
    {
        var data = new TheoryData<string, int>();
        foreach (Example example in HelpPages.Cmdlets.Values.SelectMany(page => page.Examples).Where((_, i) => i % parts == part).Where(example => example.Runs))
            data.Add(HelpPages.Cmdlets.Values.First(page => page.Examples.Contains(example)).Name, example.Number);
        return data;
    }

    /// <summary>Runs one.</summary>
    protected async Task TryAsync(string page, int number)
    {
        Example example = HelpPages.Cmdlets[page].Examples[number - 1];
        using var session = new ExampleSession();
        if (!Unconnected.Contains(page))
            session.Connect(consul.Address);
        else
            Environment.SetEnvironmentVariable("CONSULMQ_CONSUL", await ConsulSource.GetBinaryAsync());
        session.RunUnseen(example.Setup);

        string seen = session.Run(example.Code);

        if (example.Output is not null && !OfTheMachine.Contains((page, number)))
            Assert.Equal(SeenText.Of(example.Output), SeenText.Of(seen));
    }
}

public sealed class FirstExampleTests(ConsulFixture consul) : ExampleTests(consul)
{
    public static TheoryData<string, int> Examples => Part(0, 3);

    [Theory]
    [MemberData(nameof(Examples))]
    public Task An_example_runs_and_shows_what_its_page_says(string page, int number) => TryAsync(page, number);
}

public sealed class SecondExampleTests(ConsulFixture consul) : ExampleTests(consul)
{
    public static TheoryData<string, int> Examples => Part(1, 3);

    [Theory]
    [MemberData(nameof(Examples))]
    public Task An_example_runs_and_shows_what_its_page_says(string page, int number) => TryAsync(page, number);
}

public sealed class ThirdExampleTests(ConsulFixture consul) : ExampleTests(consul)
{
    public static TheoryData<string, int> Examples => Part(2, 3);

    [Theory]
    [MemberData(nameof(Examples))]
    public Task An_example_runs_and_shows_what_its_page_says(string page, int number) => TryAsync(page, number);
}
