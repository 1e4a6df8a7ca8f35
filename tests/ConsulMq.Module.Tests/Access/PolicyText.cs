using System.Text.RegularExpressions;
using ConsulMq.TestSupport;

namespace ConsulMq.Module.Tests.Access;

/// <summary>One rule of a policy.</summary>
internal sealed record PolicyRule(string Kind, bool IsPrefix, string Name, string Policy)
{
    public override string ToString() => $"{Kind}{(IsPrefix ? "_prefix" : "")} \"{Name}\" {{ policy = \"{Policy}\" }}";

    /// <summary>Whether it gives a permission such as <c>key:write</c> on a thing.</summary>
    public bool Gives(string access, string name)
    {
        var parts = access.Split(':');
        return parts[0] == Kind && (Policy == "write" || Policy == parts[1] || Policy == "list" && parts[1] == "read")
            && (IsPrefix ? name.StartsWith(Name, StringComparison.Ordinal) : name == Name);
    }
}

/// <summary>A policy in Consul's language, as docs/access-control.md has it.</summary>
internal sealed partial record PolicyText(IReadOnlyList<PolicyRule> Rules)
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "access-control.md"));

    /// <summary>The policy that the page gives under a name: a block of code that begins with <c>```hcl NAME</c>.</summary>
    public static PolicyText Of(string name)
    {
        var block = Regex.Match(Page, $"^```hcl {Regex.Escape(name)}\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(block.Success, $"docs/access-control.md has no policy '{name}'.");
        return Parse(block.Groups[1].Value);
    }

    /// <summary>The names of all policies on the page.</summary>
    public static IEnumerable<string> Names => Regex.Matches(Page, "^```hcl (.+)$", RegexOptions.Multiline).Select(static match => match.Groups[1].Value.Trim());

    /// <summary>Reads rules. Nothing else may stand there, but comments.</summary>
    public static PolicyText Parse(string text)
    {
        var plain = Regex.Replace(text, "#.*$", "", RegexOptions.Multiline);
        Assert.Equal("", RulePattern().Replace(plain, "").Trim());
        return new PolicyText([.. RulePattern().Matches(plain).Select(static m => new PolicyRule(m.Groups[1].Value, m.Groups[2].Success, m.Groups[3].Value, m.Groups[4].Value))]);
    }

    /// <summary>All policies that are one step less: without one of the rules, or with one that lets only read what it let write.</summary>
    /// <param name="all">Whether rules for other things than keys are weakened too, and not only taken away.</param>
    public IEnumerable<(PolicyRule Rule, PolicyText Remainder)> Less(bool all)
    {
        foreach (var rule in Rules)
        {
            yield return (rule, new PolicyText([.. Rules.Where(r => r != rule)]));
            if (rule.Policy == "write" && (all || rule.Kind == "key"))
                yield return (rule, new PolicyText([.. Rules.Select(r => r == rule ? r with { Policy = "read" } : r)]));
        }
    }

    public bool Gives(string access, string name) => Rules.Any(rule => rule.Gives(access, name));

    public override string ToString() => string.Join("\n", Rules);

    [GeneratedRegex("""(\w+?)(_prefix)?\s+"([^"]*)"\s*\{\s*policy\s*=\s*"(\w+)"\s*\}""")]
    private static partial Regex RulePattern();
}
