namespace ConsulMq.Tests.Simulation;

/// <summary>How scenarios are drawn.</summary>
internal static class Drawing
{
    /// <summary>True once in so many times.</summary>
    public static bool OneIn(this Random random, int n) => random.Next(n) == 0;

    /// <summary>One of these, each as likely as the others.</summary>
    public static double Pick(this Random random, params double[] values) => values[random.Next(values.Length)];
}
