using System.Text;
using System.Text.RegularExpressions;

namespace ConsulMq.Tests.Hostile;

/// <summary>What people, other programs and bad disks write under a queue's keys.</summary>
internal static class Damages
{
    private const string Line = """{"id":"01930000-0000-7000-8000-0000000000cc","at":"2026-11-23T07:44:07Z","text":"by hand"}""";

    /// <summary>What becomes of a value. Null: the key is deleted.</summary>
    public static IReadOnlyDictionary<string, Func<byte[], byte[]?>> OfValues { get; } = new Dictionary<string, Func<byte[], byte[]?>>
    {
        ["missing"] = static _ => null,
        ["empty"] = static _ => [],
        ["no JSON"] = static _ => "{ oops"u8.ToArray(),
        ["null"] = static _ => "null"u8.ToArray(),
        ["another object"] = static _ => "{}"u8.ToArray(),
        ["bytes"] = static _ => [0, 0xFF, 0xED, 0xA0, 0x80],
        ["too deep"] = static _ => Encoding.ASCII.GetBytes(new string('[', 100_000)),
        ["half"] = static value => value[..(value.Length / 2)],
        ["twice"] = static value => [.. value, .. value],
        ["one more line"] = static value => [.. value, (byte)'\n', .. value],
        ["huge numbers"] = static value => Replace(value, "[0-9]+(?=[,}\\]])", "9223372036854775807"),
        ["large numbers"] = static value => Replace(value, "[0-9]+(?=[,}\\]])", "1000000000000"),
        ["negative numbers"] = static value => Replace(value, "[0-9]+(?=[,}\\]])", "-9223372036854775808"),
        ["numbers as texts"] = static value => Replace(value, "[0-9]+(?=[,}\\]])", "\"1\""),
        ["half a pair"] = static value => Replace(value, "\"[a-z]+\":\"", "$0\\ud800"),
        ["properties twice"] = static value => Replace(value, "^\\{", "{\"id\":1,\"page\":null,"),
        ["a bit"] = static value => [.. value.Select((b, i) => i == value.Length / 3 ? (byte)(b ^ 0x10) : b)],
    };

    /// <summary>Keys that no client wrote, and what stands there.</summary>
    public static IReadOnlyList<(string Key, string Value)> Strangers { get; } =
    [
        .. ((string[])["p/", "f/", "c/", "i/", "ic/", "s/", "t/", "d/", "o/", "k/", "m/", "r/", "_index/", "_system/", ""]).SelectMany(static prefix => (IEnumerable<(string, string)>)[(prefix + "zzz", "?"), (prefix + "a/b/c/d", "?")]),
        ("p/0000000000000001/zz", "?"),
        ("p/0000000000000001/00by-hand.1.1", "?"),
        ("p/0000000000000001/00by-hand.2147483647.1", "?"),
        ("p/0000000000000001/ffby-hand.1.90", Line),
        ("p/000000000000000A/00by-hand.1.90", Line),
        ("p/7fffffffffffffff/00by-hand.1.90", Line),
        ("f/8000000000000001/00by-hand.1.90", Line),
        ("f/0000000000000000/00by-hand.1.90", Line.Replace("\"text\"", "\"rank\":[-9223372036854775808],\"text\"")),
        ("f/ffffffffffffffff/00by-hand.1.90", Line.Replace("\"text\"", "\"rank\":[9223372036854775807],\"text\"")),
        ($"f/{string.Join('_', Enumerable.Repeat("8000000000000001", 64))}/00by-hand.1.90", Line.Replace("\"text\"", $"\"rank\":[{string.Join(',', Enumerable.Repeat("1", 64))}],\"text\"")),
        ("f/0000000000000000/00by-hand.1.90", Line.Replace("\"text\"", "\"rank\":[1,1],\"text\"")),
        ("f/0000000000000000/00by-hand.1.9999999999", "?"),
        ("i/no-session/00by-hand.1.90", Line.Replace("\"text\"", "\"rank\":[1],\"text\"")),
        ("i/no-session/00by-hand.1.90", Line),
        ("i/no-session/00by-hand.3.90", "?"),
        ("s/no-session", """{"client":"x","seconds":-2147483648}"""),
        ("t/0000000000000000/00by-hand.1.90", Line),
        ("t/0000000000000000/00by-hand.1.90", "?"),
        ("t/0000000000000000/00by-hand.1.90", Line.Replace("\"text\"", "\"rank\":[1],\"text\"")),
        ("t/7fffffffffffffff/00by-hand.1.90", Line),
        ("t/0000e677d21fdbff/00by-hand.1.90", Line),
        ("t/ffffffffffffffff/00by-hand.1.90", Line),
        ("c/p/0000000000000001/00by-hand", """{"first":0,"end":1}"""),
        ("ic/no-session/00by-hand", "?"),
        ("o/by-hand", """{"at":"0001-01-01T00:00:00Z","client":"x"}"""),
        ("k/0000000000000000/x", "?"),
        ("k/7fffffffffffffff/x", "?"),
        ("p/0000000000000001/00by-hand.1.90", Line.Replace("\"text\"", "\"deliveries\":2147483647,\"text\"")),
        ("p/0000000000000001/00by-hand.1.90", Line.Replace("\"text\"", "\"expires\":\"0001-01-01T00:00:00Z\",\"text\"")),
        ("p/0000000000000001/00by-hand.1.90", Line.Replace("\"text\"", "\"expires\":\"9999-12-31T23:59:59Z\",\"text\"")),
        ("p/0000000000000001/00by-hand.2.90", Line + "\n" + Line),
        ("p/0000000000000001/00by-hand.1.90", Line.Replace("\"text\":\"by hand\"", $$"""
            "body":{"id":"nobodys","is":"text","size":500000000,"chunks":1000,"sha256":"{{new string('a', 64)}}"}
            """.Trim())),
    ];

    private static byte[] Replace(byte[] value, string pattern, string with) =>
        Encoding.Latin1.GetBytes(Regex.Replace(Encoding.Latin1.GetString(value), pattern, with));
}
