using ConsulMq.Queueing;
using ConsulMq.Storage;

namespace ConsulMq;

/// <summary>
/// Pushes the lines of an export into a queue, in one pass: each message with its own ID, times, tags, headers and deliveries, in the order of the lines.
/// What was imported of the same file before is not pushed again, nor is what is in the queue now, nor what has expired. For one caller at a time.
/// </summary>
public sealed class QueueImport : IDisposable
{
    /// <summary>So many bytes of lines are one step.</summary>
    private const long StepBytes = 1024 * 1024;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly ConsulMqConnection _connection;
    private readonly string _name;
    private readonly TimeSpan? _wait;
    private readonly LineReader _lines;
    private readonly ImportSum _sum = new();
    private string? _target;
    private QueueContext? _context;
    private ImportProgress? _progress;
    private HashSet<Guid> _there = [];
    private PushStream? _push;
    private Guid? _export;
    private bool _hasEnded;
    private bool _isCutOff;
    private volatile bool _isWorking;
    private ConsulMqException? _failed;

    internal QueueImport(ConsulMqConnection connection, Stream source, string name, string? queue, TimeSpan? wait)
    {
        _connection = connection;
        _name = name;
        _target = queue;
        _wait = wait;
        _lines = new LineReader(source, QueueExport.LongestLine);
    }

    /// <summary>The queue that the messages go to; null: not known yet, or the file is empty.</summary>
    public string? Queue => _context?.Keys.Queue;

    /// <summary>How many messages the lines held that were read.</summary>
    public long Lines { get; private set; }

    /// <summary>How many messages were pushed, and are durable.</summary>
    public long Added { get; private set; }

    /// <summary>How many messages were not pushed because they had been imported before, or are in the queue.</summary>
    public long Skipped { get; private set; }

    /// <summary>How many messages were not pushed because they have expired.</summary>
    public long Expired { get; private set; }

    /// <summary>Imports the next lines. False: that was all.</summary>
    /// <param name="cancellation">Stops it for good, in the middle of a line; what was sent goes on. Import the file again for the rest.</param>
    /// <exception cref="ConsulMqException">
    /// <see cref="ConsulMqError.InvalidImportLine"/> and others: what came before that line is in the queue, nothing behind it.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be read. What came before is in the queue.</exception>
    /// <exception cref="InvalidOperationException">It was stopped in the middle of a line before.</exception>
    public Task<bool> NextAsync(CancellationToken cancellation) => Errors.Translate(StepAsync(cancellation));

    /// <inheritdoc />
    public void Dispose()
    {
        _push?.Dispose();
        // What a step that nobody waits for any more still reads from must not go back to the pool.
        if (_isWorking)
            return;
        _lines.Dispose();
        _sum.Dispose();
    }

    private async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (_isCutOff)
            throw new InvalidOperationException($"The import of '{_name}' was stopped in the middle of line {_lines.Number}. Begin another import of the file: what is in is not added again.");
        _isWorking = true;
        try
        {
            return await ImportPartAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _isWorking = false;
        }
    }

    private async Task<bool> ImportPartAsync(CancellationToken cancellation)
    {
        var more = false;
        try
        {
            for (long bytes = 0; bytes < StepBytes && _failed is null; TakeOutcomes())
            {
                var line = await _lines.NextAsync(cancellation).ConfigureAwait(false);
                more = line is not null;
                if (line is null)
                    break;

                bytes += line.Value.Length + 1;
                _isCutOff = true;
                await AddAsync(line.Value, cancellation).ConfigureAwait(false);
                _isCutOff = false;
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _isCutOff = false;
            // What came before is in, and the caller knows how much that is.
            await FlushAsync(cancellation).ConfigureAwait(false);
            if (_failed is null && e is not (FormatException or InvalidDataException or EndOfStreamException))
                throw;
            _failed ??= Invalid(e);
        }

        if (!more || _failed is not null)
            await FlushAsync(cancellation).ConfigureAwait(false);
        if (!more)
            CheckEnd();
        return _failed is null ? more : throw _failed;
    }

    private async Task AddAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        if (_lines.Number == 1 && line.Span.StartsWith(ByteOrderMark))
            line = line.Slice(ByteOrderMark.Length);
        var isBlank = IsBlank(line.Span);
        var sum = isBlank ? _sum.Last : _sum.Add(line);
        // A push that another import was faster than reads it anew meanwhile.
        var mark = _progress?.Mark;
        if (_lines.Number == mark?.Lines && ImportSum.ToText(sum) != mark.Sum)
            throw new FormatException("the lines up to here are not those that were imported before from a file that begins with the same line");
        if (isBlank)
            return;
        var header = ExportHeader.Read(line.Span);
        if (_context is null)
            await BeginAsync(header, line, sum, cancellation).ConfigureAwait(false);
        else if (header is { IsEnd: false } || (_hasEnded && header is null))
            throw new FormatException("another export begins in the middle of the file: import one file after the other");
        if (header is { IsEnd: true } && _export is not null && header.Export != _export)
            throw new FormatException("it is the end of another export");
        _hasEnded |= header is { IsEnd: true };
        if (header is not null)
            return;

        mark ??= _progress!.Mark;
        var isKnown = _lines.Number <= mark.Lines;
        var item = isKnown ? default : Read(line.Span);
        Lines++;
        if (isKnown || _there.Contains(item.Message.Id))
            Skipped++;
        else if (item.Message.IsExpired(_context!.Now))
            Expired++;
        else
            await _push!.AddAsync(item, new ImportLine(_lines.Number, sum), cancellation).ConfigureAwait(false);
    }

    /// <summary>The first line tells which queue is meant, and which file this is.</summary>
    private async Task BeginAsync(ExportHeader? header, ReadOnlyMemory<byte> line, byte[] sum, CancellationToken cancellation)
    {
        if (header is { IsEnd: true })
            throw new FormatException("it is the end of an export without its beginning");
        if (header is null)
            Read(line.Span);
        _export = header?.Export;
        var context = _connection.Context(_target ??= header?.Queue ?? _connection.DefaultQueue);
        if (header?.Settings is { } settings && await context.Index.ReadAsync(cancellation).ConfigureAwait(false) is null)
            await new SettingsWriter(context).EnsureAsync(settings.Settings, cancellation).ConfigureAwait(false);
        _progress = new ImportProgress(context, context.Keys.Import(ImportSum.ToText(sum).Substring(0, 32)), _name);
        await _progress.ReadAsync(cancellation).ConfigureAwait(false);
        _there = await QueuedIds.ReadAsync(context, cancellation).ConfigureAwait(false);
        _push = new PushStream(context, new Pusher(context), new EndTarget(context), _wait, companion: _progress);
        _context = context;
    }

    private PushItem Read(ReadOnlySpan<byte> line)
    {
        var message = MessageReader.ReadExported(line, out var due);
        var now = _connection.Settings.Clock.UtcNow;
        if (message.CreatedAt == DateTimeOffset.MinValue)
            message = message with { CreatedAt = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero) };
        return new PushItem(message with { Rank = null }, due > now ? due.Value.ToUnixTimeMilliseconds() : 0, WasLetIn: true);
    }

    private void TakeOutcomes()
    {
        while (_push?.TryTake(out var outcome) == true)
        {
            if (outcome.Error is null)
                Added++;
            else if (outcome.Error is PushedElsewhereException)
                Skipped++;
            else
                _failed ??= Failed(outcome.Error, (ImportLine)outcome.Tag!);
        }
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        if (_push is not null)
            await _push.FlushAsync(cancellation).ConfigureAwait(false);
        TakeOutcomes();
    }

    private static bool IsBlank(ReadOnlySpan<byte> line)
    {
        foreach (var c in line)
        {
            if (c is not ((byte)' ' or (byte)'\t'))
                return false;
        }

        return true;
    }

    private void CheckEnd()
    {
        if (_export is null || _hasEnded)
            return;
        _failed ??= new ConsulMqException(ConsulMqError.InvalidImportLine,
            $"'{_name}' was cut: behind line {_lines.Number} its end is missing. What is there is in the queue.",
            _name)
        {
            RecommendedAction = "Import the whole file for the rest: what is in is not added again.",
        };
    }

    private ConsulMqException Invalid(Exception e) => new(ConsulMqError.InvalidImportLine,
        $"Line {(e is FormatException ? _lines.Number : _lines.Number + 1)} of '{_name}' cannot be imported: {e.Message.TrimEnd('.')}. What came before it is in the queue, nothing behind it is.",
        _name, e)
    {
        RecommendedAction = "Import the whole file, or this one with the line repaired: what is in is not added again.",
    };

    private ConsulMqException Failed(ConsulMqException e, ImportLine line) => new(e.Error,
        $"Line {line.Number} of '{_name}' was not imported. {e.Message} What came before it is in the queue; import the file again for the rest: what is in is not added again.",
        e.Subject, e);
}
