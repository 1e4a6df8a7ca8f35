namespace ConsulMq.Tests.Hostile;

/// <summary>Everything in this project that reads what anybody may have written.</summary>
internal static class Targets
{
    public static IReadOnlyList<Target> All { get; } = [.. StoredTargets.All, .. KeyTargets.All, .. ReplyTargets.All, .. FileTargets.All, .. SettingTargets.All];

    public static Target Named(string name) => All.Single(target => target.Name == name);
}
