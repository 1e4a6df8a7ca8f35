using System.Text.RegularExpressions;

namespace ConsulMq.Packager;

/// <summary>What is packed: a version of the tree, with the label that its tag gives it, if it has one.</summary>
/// <param name="Version">Three numbers, as the manifest says.</param>
/// <param name="Label">The part after the hyphen; empty for a release.</param>
/// <param name="Tag">The tag; null for what is not to be published.</param>
/// <param name="Time">When it was committed, in UTC: the time of everything in the packages.</param>
internal sealed partial record Release(string Version, string Label, string? Tag, DateTimeOffset Time)
{
    /// <summary>The label of what has no tag.</summary>
    private const string Untagged = "dev";

    private static readonly DateTimeOffset TimeWithoutGit = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The version with its label.</summary>
    public string FullVersion => Label.Length == 0 ? Version : $"{Version}-{Label}";

    /// <summary>Asks git for the tags of the commit that is checked out, and for its time. Without git it has neither.</summary>
    /// <exception cref="PackagingException">A tag is of another version, or cannot be one of a version.</exception>
    public static async Task<Release> OfAsync(string root, string version)
    {
        // A folder in somebody else's repository is not under version control.
        if (!Path.Exists(Path.Combine(root, ".git")))
            return Of([], version, TimeWithoutGit);
        var tags = await Tool.RunAsync("git", root, "tag", "--points-at", "HEAD");
        var time = await Tool.RunAsync("git", root, "log", "-1", "--format=%ct");
        return Of(tags.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), version,
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(time)));
    }

    /// <summary>Of several tags of one commit, the release goes before its candidates, and of those the last.</summary>
    /// <exception cref="PackagingException">A tag is of another version, or cannot be one of a version.</exception>
    public static Release Of(IEnumerable<string> tags, string version, DateTimeOffset time)
    {
        var found = tags.Where(t => Numbered().IsMatch(t)).Select(t => Parse(t, version, time))
            .OrderBy(r => r.Label.Length == 0).ThenBy(r => r.Label, StringComparer.Ordinal).LastOrDefault();
        return found ?? new(version, Untagged, null, time);
    }

    private static Release Parse(string tag, string version, DateTimeOffset time)
    {
        if (Versioned().Match(tag) is not { Success: true } match)
            throw new PackagingException($"the tag {tag} is not of the form v1.2.3 or v1.2.3-label, with a label of letters and digits that starts with a letter");
        return match.Groups["version"].Value == version
            ? new(version, match.Groups["label"].Value, tag, time)
            : throw new PackagingException($"the tag {tag} is not of version {version}, which ConsulMq.psd1 says: change one of the two");
    }

    [GeneratedRegex("^v[0-9]")]
    private static partial Regex Numbered();

    // The Gallery's clients take no dots and hyphens in a label.
    [GeneratedRegex("^v(?<version>[0-9]+[.][0-9]+[.][0-9]+)(-(?<label>[A-Za-z][A-Za-z0-9]*))?$")]
    private static partial Regex Versioned();
}
