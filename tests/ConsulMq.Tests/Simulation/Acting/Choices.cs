using ConsulMq.Tests.Simulation.Checks;

namespace ConsulMq.Tests.Simulation.Acting;

/// <summary>Draws which messages somebody chooses: by what somebody saw in a list before, which may be gone by now.</summary>
internal static class Choices
{
    public static (Errand Errand, MessageSelection Selection) Draw(World world, Actor actor, bool removes = false)
    {
        var present = world.Ledger.Present;
        switch (actor.Random.Next(3))
        {
            case 0:
                long position = actor.Random.Next(present.Count + 1);
                return (Begin(ErrandKind.AtPosition) with { Position = position }, MessageSelection.At(position));
            case 1:
                return (Begin(ErrandKind.Last), MessageSelection.Last);
            default:
                var some = world.Ledger.Ranked.Where(m => m.IsPresent || actor.Random.Next(8) == 0).OrderBy(_ => actor.Random.Next()).Take(actor.Random.Next(1, 5))
                    .Select(static m => m.Text).ToList();
                var ids = some.Select(text => world.Whereabouts.Find(text)!.Passages[0].To!.Message.Id).ToList();
                return (Begin(ErrandKind.ByName) with { Texts = some }, MessageSelection.Of(ids));
        }

        Errand Begin(ErrandKind kind) => new(actor.Client, world.Ledger.Queue, kind, world.Step) { Removes = removes };
    }

    public static string InWords(Errand errand) => errand.Kind switch
    {
        ErrandKind.AtPosition => $"what is at position {errand.Position}",
        ErrandKind.Last => "the last ones",
        ErrandKind.Expired => "what has expired",
        _ => string.Join(' ', errand.Texts.Select(LedgerMessage.Short)),
    };
}
