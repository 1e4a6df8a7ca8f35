using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ConsulMq.Tests.Hostile;

/// <summary>
/// Damages good input: the same number gives the same damage. Half of it knows JSON (properties twice, missing, of another type; numbers and texts that
/// nobody wrote), half knows bytes (bits, cuts, pieces moved and repeated).
/// </summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds)
{
    private const int Longest = 64 * 1024;

    /// <summary>What stands for a value.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "2147483647", "2147483648", "-2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "1e400", "-0", "1.5", "1e9", "99999999999999999999999999999999999999", "[]", "{}", "[[]]", "[null]", "{\"\":0}",
        "\"\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"/\"", "\"..\"", "\"../../x\"", "\"ffffffffffffffff\"", "\"====\"", "\"AAA\"", "\"A A=\"", "\"\\u0041AA=\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"9999-12-31T23:59:59-14:00\"", "\"00000000-0000-0000-0000-000000000000\"", "NaN", "Infinity", "'x'", "/**/", "\"9e99h\"",
        "\"1h1h1h1h\"", "\"-1s\"",
    ];

    /// <summary>What is put between other bytes.</summary>
    private static readonly byte[][] Pieces =
    [
        [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBB, 0xBF], [0xE2, 0x80, 0xA8], "\n"u8.ToArray(), "\r\n"u8.ToArray(), "/"u8.ToArray(), "."u8.ToArray(), "_"u8.ToArray(),
        "\""u8.ToArray(), "\\"u8.ToArray(), "\\u"u8.ToArray(), "\\ud800"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "="u8.ToArray(),
        "9999999999"u8.ToArray(), "99999999999999999999"u8.ToArray(), "-"u8.ToArray(), "+1"u8.ToArray(), " "u8.ToArray(), "\u0663"u8.ToArray(), "://"u8.ToArray(), "@"u8.ToArray(), "%2f"u8.ToArray(), ".."u8.ToArray(),
    ];

    private static readonly byte[] Usual = Encoding.ASCII.GetBytes("{}[]\",:\\0123456789abcdeflnrtu-+.eE/_ \n=");

    /// <summary>The damaged input of a number.</summary>
    public byte[] Make(int number)
    {
        var random = new Random(number);
        if (seeds.Count == 0 || random.Next(20) == 0)
            return Raw(random);
        var bytes = seeds[random.Next(seeds.Count)];
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
            bytes = random.Next(2) == 0 && Json(bytes, random) is { } damaged ? damaged : Bytes(bytes, random);
        return bytes.Length <= Longest ? bytes : bytes[..Longest];
    }

    private static byte[] Raw(Random random)
    {
        var bytes = new byte[random.Next(random.Next(10) == 0 ? 5000 : 60)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0)
        {
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = Usual[bytes[i] % Usual.Length];
        }

        return bytes;
    }

    private byte[] Bytes(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        var length = Math.Min(random.Next(random.Next(4) == 0 ? 200 : 9), bytes.Length - at);
        var before = bytes.AsSpan(0, at);
        var behind = bytes.AsSpan(at);
        switch (random.Next(9))
        {
            case 0 when bytes.Length > 0:
                byte[] flipped = [.. bytes];
                flipped[Math.Min(at, bytes.Length - 1)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1 when bytes.Length > 0:
                byte[] set = [.. bytes];
                set[Math.Min(at, bytes.Length - 1)] = (byte)random.Next(256);
                return set;
            case 2:
                return before.ToArray();
            case 3:
                return [.. before, .. behind[length..]];
            case 4:
                return [.. before, .. behind[..length], .. behind];
            case 5:
                var other = seeds[random.Next(seeds.Count)];
                return [.. before, .. other.AsSpan(random.Next(other.Length + 1))];
            case 6:
                var end = bytes.AsSpan(at + length);
                var to = random.Next(end.Length + 1);
                return [.. before, .. end[..to], .. bytes.AsSpan(at, length), .. end[to..]];
            case 7:
                var many = new byte[random.Next(10) == 0 ? 20_000 : random.Next(200)];
                many.AsSpan().Fill(bytes.Length > 0 ? bytes[Math.Min(at, bytes.Length - 1)] : (byte)'[');
                return [.. before, .. many, .. behind];
            default:
                return [.. before, .. Pieces[random.Next(Pieces.Length)], .. behind];
        }
    }

    /// <summary>Null: there is no JSON in it to damage.</summary>
    private static byte[]? Json(byte[] bytes, Random random)
    {
        var parts = Parts(bytes);
        if (parts.Count == 0)
            return null;
        var (name, value, end) = parts[random.Next(parts.Count)];
        var property = bytes.AsSpan(name, end - name);
        switch (random.Next(6))
        {
            case 0:
                // Twice, or twice with another value.
                return [.. bytes.AsSpan(0, name), .. property, (byte)',', .. bytes.AsSpan(name)];
            case 1:
                var rest = bytes.AsSpan(end);
                return [.. bytes.AsSpan(0, name), .. rest.Length > 0 && rest[0] == (byte)',' ? rest[1..] : rest];
            case 2:
                var (otherName, otherValue, otherEnd) = parts[random.Next(parts.Count)];
                return [.. bytes.AsSpan(0, value), .. bytes.AsSpan(otherName < name ? otherName : otherValue, otherEnd - (otherName < name ? otherName : otherValue)), .. bytes.AsSpan(end)];
            case 3:
                var depth = random.Next(3) == 0 ? 5000 : random.Next(1, 600);
                return [.. bytes.AsSpan(0, value), .. Encoding.ASCII.GetBytes(new string('[', depth) + (random.Next(2) == 0 ? new string(']', depth) : "")), .. bytes.AsSpan(end)];
            case 4 when value > name:
                var hostile = random.Next(2) == 0 ? "\"\\ud800\":" : $"\"{(char)bytes[Math.Min(name + 1, bytes.Length - 1)]}\\u{random.Next(65536).ToString("x4", CultureInfo.InvariantCulture)}\":";
                return [.. bytes.AsSpan(0, name), .. Encoding.UTF8.GetBytes(hostile), .. bytes.AsSpan(value)];
            default:
                return [.. bytes.AsSpan(0, value), .. Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]), .. bytes.AsSpan(end)];
        }
    }

    /// <summary>Where properties and elements lie: the beginning of the name, of the value, and the end; for an element the first two are one.</summary>
    private static List<(int Name, int Value, int End)> Parts(byte[] bytes)
    {
        var parts = new List<(int, int, int)>();
        var line = 0;
        while (line < bytes.Length)
        {
            var length = bytes.AsSpan(line).IndexOf((byte)'\n');
            var end = length < 0 ? bytes.Length : line + length;
            try
            {
                var json = new Utf8JsonReader(bytes.AsSpan(line, end - line), new JsonReaderOptions { MaxDepth = 1000 });
                while (json.Read())
                {
                    var name = line + (int)json.TokenStartIndex;
                    if (json.TokenType == JsonTokenType.PropertyName)
                        json.Read();
                    else if (json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                        continue;
                    var value = line + (int)json.TokenStartIndex;
                    var inner = json;
                    inner.Skip();
                    parts.Add((name, value, line + (int)inner.BytesConsumed));
                }
            }
            catch (JsonException)
            {
                // What was good so far is enough.
            }

            line = end + 1;
        }

        return parts;
    }
}
