using ConsulMq.Internal;
using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>The messages of one lease, encoded as they are added: one a line, each with its rank.</summary>
internal sealed class LeaseEntry : IDisposable
{
    private readonly PooledBuffer _buffer = new(4 * 1024);
    private readonly MessageWriter _writer;
    private readonly List<Message> _messages = [];

    public LeaseEntry() => _writer = new MessageWriter(_buffer);

    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>The value of the entry. Valid until it is cleared.</summary>
    public ReadOnlyMemory<byte> Value => _buffer.WrittenMemory;

    /// <summary>Adds a message. False: a lease does not hold it beside the others.</summary>
    public bool TryAdd(Message message)
    {
        var before = _buffer.Length;
        if (before > 0)
            _buffer.Write((byte)'\n');
        _writer.Write(message);
        if (before > 0 && _buffer.Length > Layout.LeaseBytes)
        {
            _buffer.Truncate(before);
            return false;
        }

        _messages.Add(message);
        return true;
    }

    public void Clear()
    {
        _buffer.Truncate(0);
        _messages.Clear();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _buffer.Dispose();
    }
}
