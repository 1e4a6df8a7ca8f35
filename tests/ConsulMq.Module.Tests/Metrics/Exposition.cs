using System.Globalization;

namespace ConsulMq.Module.Tests.Metrics;

/// <summary>A sample of the text exposition format.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>
/// A strict reader of Prometheus's text exposition format, version 0.0.4, after its specification: a metric's name, a label's name, the three escapes of a
/// label's value, a type before the samples, all samples of a metric in one group, none twice, a line feed at the end.
/// </summary>
internal static class Exposition
{
    public static List<Sample> Parse(string text)
    {
        if (text.Length > 0 && text[^1] != '\n')
            throw new FormatException("The last line has no line feed.");
        var samples = new List<Sample>();
        var seen = new HashSet<string>();
        var helped = new HashSet<string>();
        var typed = new HashSet<string>();
        string? open = null;
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var name = line[7..].Split(' ')[0];
                RequireName(name, isLabel: false);
                if (line[7..].Replace("\\\\", "", StringComparison.Ordinal).Replace("\\n", "", StringComparison.Ordinal).Contains('\\') || !helped.Add(name))
                    throw new FormatException("Bad help: " + line);
                open = name;
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var parts = line[7..].Split(' ');
                if (parts.Length != 2 || parts[1] is not ("counter" or "gauge" or "histogram" or "summary" or "untyped") || !typed.Add(parts[0]) || samples.Any(s => s.Name == parts[0]))
                    throw new FormatException("Bad type: " + line);
                if (open != parts[0])
                    throw new FormatException("Help and type are apart: " + line);
            }
            else
            {
                var sample = ParseSample(line);
                if (sample.Name != open || !typed.Contains(sample.Name))
                    throw new FormatException("Outside of its group: " + line);
                if (!seen.Add(sample.Name + "|" + string.Join("|", sample.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key + "=" + l.Value))))
                    throw new FormatException("Twice: " + line);
                samples.Add(sample);
            }
        }

        return samples;
    }

    private static Sample ParseSample(string line)
    {
        var at = line.IndexOfAny(['{', ' ']);
        var name = line[..at];
        RequireName(name, isLabel: false);
        var labels = new Dictionary<string, string>();
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var equals = line.IndexOf('=', at);
                var label = line[at..equals];
                RequireName(label, isLabel: true);
                at = equals + 1;
                if (line[at++] != '"')
                    throw new FormatException("No quote: " + line);
                var value = "";
                for (; line[at] != '"'; at++)
                {
                    if (line[at] != '\\')
                    {
                        value += line[at];
                        continue;
                    }

                    value += line[++at] switch { '\\' => '\\', '"' => '"', 'n' => '\n', _ => throw new FormatException("Bad escape: " + line) };
                }

                if (!labels.TryAdd(label, value))
                    throw new FormatException("A label twice: " + line);
                at++;
                if (line[at] == ',')
                    at++;
            }

            at++;
        }

        if (line[at] != ' ')
            throw new FormatException("No blank before the value: " + line);
        var number = line[(at + 1)..];
        if (number.Length == 0 || number.Any(c => !(char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E')))
            throw new FormatException("No number: " + line);
        return new Sample(name, labels, double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private static void RequireName(string name, bool isLabel)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name.Any(c => !(char.IsAsciiLetterOrDigit(c) || c == '_' || (c == ':' && !isLabel))) || (isLabel && name.StartsWith("__", StringComparison.Ordinal)))
            throw new FormatException("Not a name: " + name);
    }
}
