namespace ConsulMq.Tests.Simulation;

/// <summary>
/// Randomness from the seed. Now and then a number comes out very small: that is what begins a new page, and a schedule of a few dozen pushes should
/// see several pages.
/// </summary>
internal sealed class SimulatedRandom(Random random, double smallness) : RandomSource
{
    public override void Fill(Span<byte> buffer)
    {
        random.NextBytes(buffer);
        if (buffer.Length == 8 && random.NextDouble() < smallness)
            buffer[7] = 0;
    }
}
