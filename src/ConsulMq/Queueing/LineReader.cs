using System.Buffers;

namespace ConsulMq.Queueing;

/// <summary>Reads a stream line by line, through one pooled buffer that is as long as the longest line so far. For one caller at a time.</summary>
/// <param name="stream">The stream; stays the caller's.</param>
/// <param name="longest">The longest line in bytes.</param>
internal sealed class LineReader(Stream stream, int longest) : IDisposable
{
    private const int FirstBuffer = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _start;
    private int _end;
    private bool _isReading;
    private bool _isOver;

    /// <summary>The number of the last line, from 1 on.</summary>
    public long Number { get; private set; }

    /// <summary>The next line without its line break, <c>\n</c> or <c>\r\n</c>. Valid until the next call. Null: the end.</summary>
    /// <exception cref="FormatException">The line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellation)
    {
        var scanned = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (found >= 0)
                return Take(scanned + found, 1);
            scanned = _end - _start;
            if (_isOver)
                return scanned == 0 ? default(ReadOnlyMemory<byte>?) : Take(scanned, 0);
            await FillAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        // One that a read may still write into never goes back.
        if (!_isReading && _buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private ReadOnlyMemory<byte> Take(int length, int lineBreak)
    {
        Number++;
        if (length > longest)
            throw TooLong();
        var line = _buffer.AsMemory(_start, length);
        _start += length + lineBreak;
        return length > 0 && line.Span[length - 1] == (byte)'\r' ? line.Slice(0, length - 1) : line;
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        var length = _end - _start;
        if (length > longest)
        {
            Number++;
            throw TooLong();
        }

        if (length == _buffer.Length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            Buffer.BlockCopy(_buffer, _start, bigger, 0, length);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = bigger;
        }
        else if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, length);
        }

        (_start, _end) = (0, length);
        _isReading = true;
#if NET
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
#else
        var read = await stream.ReadAsync(_buffer, _end, _buffer.Length - _end, cancellation).ConfigureAwait(false);
#endif
        _isReading = false;
        _end += read;
        _isOver = read == 0;
    }

    private FormatException TooLong() => new($"it has more than {longest:N0} bytes, which no message has");
}
