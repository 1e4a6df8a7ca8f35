namespace ConsulMq.Tests.Support;

/// <summary>Randomness that is very small as often as not, so every other push begins a new page: what looks for a place has many pages to look at.</summary>
internal sealed class ManyPages : RandomSource
{
    public override void Fill(Span<byte> buffer)
    {
        System.Fill(buffer);
        if (buffer.Length == 8 && buffer[0] % 2 == 0)
            buffer[6..].Clear();
    }
}
