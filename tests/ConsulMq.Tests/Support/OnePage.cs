namespace ConsulMq.Tests.Support;

/// <summary>Randomness that is never small, so no push begins a new page: a pop takes all that it is asked for, and reads once.</summary>
internal sealed class OnePage : RandomSource
{
    public override void Fill(Span<byte> buffer)
    {
        System.Fill(buffer);
        if (buffer.Length == 8)
            buffer[7] |= 0x80;
    }
}
