using System.Globalization;

namespace ConsulMq.TestSupport.Soaking;

/// <summary>
/// How long the tests of the category <c>Soak</c> go on. <c>./build.sh test</c> runs their short forms; <c>./build.sh soak [FACTOR]</c> runs the long ones,
/// FACTOR times as long.
/// </summary>
public static class Soak
{
    /// <summary>The category of tests that have a long form.</summary>
    public const string Category = "Soak";

    /// <summary>Whether the long forms run.</summary>
    public static bool IsOn => Factor > 0;

    /// <summary>0: the short forms; 1: the long ones; more or less: so many times as long. Set by <c>CONSULMQ_SOAK</c>.</summary>
    public static double Factor { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("CONSULMQ_SOAK"), NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) && factor > 0 ? factor : 0;

    /// <summary>How much of something to do.</summary>
    /// <param name="shortForm">In <c>./build.sh test</c>.</param>
    /// <param name="longForm">In <c>./build.sh soak</c>, times the factor; never less than the short form.</param>
    public static int Amount(int shortForm, int longForm) => IsOn ? Math.Max(shortForm, checked((int)(longForm * Factor))) : shortForm;
}
