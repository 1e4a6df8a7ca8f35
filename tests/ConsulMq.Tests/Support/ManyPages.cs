namespace ConsulMq.Tests.Support;

/// <summary>Randomness that is always small, so that every push begins a new page.</summary>
internal sealed class ManyPages : RandomSource
{
    public override void Fill(Span<byte> buffer)
    {
        System.Fill(buffer);
        if (buffer.Length == 8)
            buffer.Slice(6).Clear();
    }
}
