using System.Globalization;

namespace ConsulMq.Watching;

/// <summary>
/// How much room text takes on a terminal: one cell a character, but two for those of East Asia and for pictures, and none for marks on the one before.
/// Terminals differ in the rest.
/// </summary>
internal static class Cells
{
    // East Asian Width, UAX #11, W and F, in whole blocks; those of pictures from Unicode's emoji-data.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x231a, 0x231b), (0x23e9, 0x23ec), (0x23f0, 0x23f0), (0x23f3, 0x23f3), (0x25fd, 0x25fe), (0x2614, 0x2615), (0x2648, 0x2653), (0x267f, 0x267f),
        (0x2693, 0x2693), (0x26a1, 0x26a1), (0x26aa, 0x26ab), (0x26bd, 0x26be), (0x26c4, 0x26c5), (0x26ce, 0x26ce), (0x26d4, 0x26d4), (0x26ea, 0x26ea), (0x26f2, 0x26f3),
        (0x26f5, 0x26f5), (0x26fa, 0x26fa), (0x26fd, 0x26fd), (0x2705, 0x2705), (0x270a, 0x270b), (0x2728, 0x2728), (0x274c, 0x274c), (0x274e, 0x274e), (0x2753, 0x2755),
        (0x2757, 0x2757), (0x2795, 0x2797), (0x27b0, 0x27b0), (0x27bf, 0x27bf), (0x2b1b, 0x2b1c), (0x2b50, 0x2b50), (0x2b55, 0x2b55), (0x2e80, 0x303e), (0x3041, 0xa4cf),
        (0xa960, 0xa97f), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe10, 0xfe19), (0xfe30, 0xfe6f), (0xff01, 0xff60), (0xffe0, 0xffe6), (0x16fe0, 0x18aff), (0x1aff0, 0x1b2ff),
        (0x1f004, 0x1f004), (0x1f0cf, 0x1f0cf), (0x1f18e, 0x1f18e), (0x1f191, 0x1f19a), (0x1f1e6, 0x1f320), (0x1f32d, 0x1f335), (0x1f337, 0x1f37c), (0x1f37e, 0x1f393),
        (0x1f3a0, 0x1f3ca), (0x1f3cf, 0x1f3d3), (0x1f3e0, 0x1f3f0), (0x1f3f4, 0x1f3f4), (0x1f3f8, 0x1f43e), (0x1f440, 0x1f440), (0x1f442, 0x1f4fc), (0x1f4ff, 0x1f53d),
        (0x1f54b, 0x1f567), (0x1f57a, 0x1f57a), (0x1f595, 0x1f596), (0x1f5a4, 0x1f5a4), (0x1f5fb, 0x1f64f), (0x1f680, 0x1f6c5), (0x1f6cc, 0x1f6cc), (0x1f6d0, 0x1f6d2),
        (0x1f6d5, 0x1f6df), (0x1f6eb, 0x1f6ec), (0x1f6f4, 0x1f6fc), (0x1f7e0, 0x1f7f0), (0x1f90c, 0x1f93a), (0x1f93c, 0x1f945), (0x1f947, 0x1f9ff), (0x1fa70, 0x1faff),
        (0x20000, 0x3fffd),
    ];

    /// <summary>Text in so many cells: cut, with an ellipsis, or filled with spaces.</summary>
    /// <param name="text">Text on one line.</param>
    /// <param name="width">The number of cells, from 1.</param>
    public static string Pad(string text, int width)
    {
        var cut = Cut(text, width, out var used);
        return cut + new string(' ', width - used);
    }

    /// <summary>Text that takes at most so many cells; what is cut ends in an ellipsis.</summary>
    /// <param name="text">Text on one line.</param>
    /// <param name="width">The number of cells, from 1.</param>
    public static string Cut(string text, int width) => Cut(text, width, out _);

    private static string Cut(string text, int width, out int used)
    {
        used = 0;
        // How much stays where it has to be cut: there is room for the ellipsis behind it.
        var (kept, keptCells) = (0, 0);
        for (int i = 0, length; i < text.Length; i += length)
        {
            length = char.IsSurrogatePair(text, i) ? 2 : 1;
            used += Of(text, i);
            if (used > width)
            {
                used = keptCells + 1;
                return text.Substring(0, kept) + "…";
            }

            if (used < width)
                (kept, keptCells) = (i + length, used);
        }

        return text;
    }

    private static int Of(string text, int index)
    {
        var code = char.IsSurrogatePair(text, index) ? char.ConvertToUtf32(text, index) : text[index];
        if (code < 0x300)
            return 1;
        if (CharUnicodeInfo.GetUnicodeCategory(text, index) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format || code is >= 0x1160 and <= 0x11ff)
            return 0;
        return Array.Exists(Wide, range => code >= range.First && code <= range.Last) ? 2 : 1;
    }
}
