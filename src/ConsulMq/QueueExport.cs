using ConsulMq.Internal;
using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>A part of an export.</summary>
/// <param name="Messages">How many messages were written by now.</param>
/// <param name="Damage">What could not be read, and is not in the export.</param>
public sealed record ExportStep(long Messages, IReadOnlyList<ConsulMqException> Damage);

/// <summary>
/// Writes a queue's messages into a stream as JSON Lines and leaves them where they are: a first line that says what it is, a line for each message, and a
/// last line without which the file counts as cut off. Memory is bounded by a page of the queue and one body. For one caller at a time.
/// </summary>
public sealed class QueueExport : IDisposable
{
    /// <summary>The longest line of an export: a body of 64 MiB in base64, or as a string with some escapes, and what stands around it.</summary>
    internal const int LongestLine = 128 * 1024 * 1024;

    /// <summary>What is written together.</summary>
    private const int PartBytes = 128 * 1024;

    private readonly QueueContext _context;
    private readonly Stream _target;
    private readonly ExportWalk _walk;
    private readonly SpotReader _bodies;
    private readonly PooledBuffer _lines = new(2 * PartBytes);
    private readonly MessageWriter _writer;
    private readonly Queue<(Spot Spot, MessageStates State)> _found = new();
    private readonly Guid _id;
    private bool _hasBegun;
    private bool _isOver;
    private volatile bool _isWorking;
    private long _messages;

    internal QueueExport(QueueContext context, Stream target, IReadOnlyCollection<MessageState>? states)
    {
        _context = context;
        _target = target;
        _walk = new ExportWalk(context, states is null ? MessageStates.All : states.Aggregate(MessageStates.None, (all, state) => all | Of(state)));
        _bodies = new SpotReader(context, bodies: true);
        _writer = new MessageWriter(_lines);
        _id = context.Ids.NewMessageId();
    }

    /// <summary>Writes the next part. Null: all is written.</summary>
    /// <param name="cancellation">Stops it; what was written then is a part.</param>
    /// <exception cref="ConsulMqException"><see cref="ConsulMqError.QueueNotFound"/> and others.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public Task<ExportStep?> NextAsync(CancellationToken cancellation) => Errors.Translate(StepAsync(cancellation));

    /// <inheritdoc />
    public void Dispose()
    {
        // What a step that nobody waits for any more still writes into must not go back to the pool.
        if (_isWorking)
            return;
        _writer.Dispose();
        _lines.Dispose();
    }

    private async Task<ExportStep?> StepAsync(CancellationToken cancellation)
    {
        _isWorking = true;
        try
        {
            return await WritePartAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _isWorking = false;
        }
    }

    private async Task<ExportStep?> WritePartAsync(CancellationToken cancellation)
    {
        if (_isOver)
            return null;
        var damage = new List<ConsulMqException>();
        if (!_hasBegun)
            await BeginAsync(cancellation).ConfigureAwait(false);
        while (_lines.Length < PartBytes)
        {
            if (_found.Count > 0)
            {
                await AddAsync(_found.Peek(), damage, cancellation).ConfigureAwait(false);
                _ = _found.Dequeue();
            }
            else if (await _walk.NextAsync(cancellation).ConfigureAwait(false) is { } page)
            {
                damage.AddRange(page.Damage);
                foreach (var spot in page.Spots)
                    _found.Enqueue((spot, page.State));
            }
            else
            {
                AddLine(new ExportHeader(_id) { IsEnd = true, Messages = _messages });
                _isOver = true;
                break;
            }
        }

        await BodyDownloader.WriteAsync(_target, _lines.WrittenMemory, cancellation).ConfigureAwait(false);
        _lines.Truncate(0);
        return new ExportStep(_messages, damage);
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        await _context.Index.RequireAsync(cancellation).ConfigureAwait(false);
        AddLine(new ExportHeader(_id)
        {
            Queue = _context.Keys.Queue,
            At = _context.Now,
            Settings = _context.Index.Info ?? new QueueInfo { CreatedAt = _context.Now },
        });
        _hasBegun = true;
    }

    private void AddLine(ExportHeader header)
    {
        header.WriteTo(_lines);
        _lines.Write((byte)'\n');
    }

    private async Task AddAsync((Spot Spot, MessageStates State) found, List<ConsulMqException> damage, CancellationToken cancellation)
    {
        var (spot, state) = found;
        var message = spot.Message;
        if (message.Blob is not null)
        {
            if (message.Blob.Size > LongestLine)
            {
                damage.Add(TooLong(message));
                return;
            }

            if (await _bodies.ReadAsync(spot, (where, read) => _context.ToQueueObject(read, where), damage, cancellation).ConfigureAwait(false) is not { } item)
                return;
            message = item.Message;
        }

        DateTimeOffset? due = state == MessageStates.Scheduled && EntryKey.TryDue(_context.Keys, spot.Entry.Key.Key, out var at)
            ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(at, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()))
            : null;
        message = message with { Rank = null, Blob = null };
        var before = _lines.Length;
        if (MessageWriter.LeastLength(message) <= LongestLine)
            _writer.Write(message, state == MessageStates.InFlight, due);
        if (_lines.Length == before || _lines.Length - before > LongestLine)
        {
            _lines.Truncate(before);
            damage.Add(TooLong(message));
            return;
        }

        _lines.Write((byte)'\n');
        _messages++;
    }

    private MessageStates Of(MessageState state) => state switch
    {
        MessageState.Ready => MessageStates.Ready,
        MessageState.InFlight => MessageStates.InFlight,
        MessageState.Scheduled => MessageStates.Scheduled,
        _ => throw new ConsulMqException(ConsulMqError.InvalidSetting,
            $"The dead letters of queue '{_context.Keys.Queue}' are in a queue of their own.", _context.Keys.Queue)
        {
            RecommendedAction = $"Export '{_context.Keys.Queue}.dead'.",
        },
    };

    private static ConsulMqException TooLong(Message message) => new(
        ConsulMqError.MessageTooLarge,
        $"Message {message.Id} is not in the export: its line would have more than {LongestLine:N0} bytes.",
        message.Id)
    {
        RecommendedAction = "Pop it into a file: Pop-ConsulMqItem -OutFile.",
    };
}
