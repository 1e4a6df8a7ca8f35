using System.Diagnostics;
using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>
/// A progress bar that is drawn four times a second at most, and not at all where it is over before the first of them. Taken away when it is disposed of.
/// For the pipeline thread alone.
/// </summary>
/// <param name="cmdlet">Whose bar it is.</param>
/// <param name="activity">What goes on: the bar's title.</param>
/// <param name="id">Which of the command's bars it is.</param>
internal sealed class ProgressBar(Cmdlet cmdlet, string activity, int id = 0) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private string _activity = activity;
    private bool _isShown;

    /// <summary>Whether the next call of <see cref="Report"/> draws.</summary>
    public bool IsDue => _watch.Elapsed >= Interval;

    /// <summary>Goes on to another part of the same work.</summary>
    /// <param name="activity">What goes on from now on.</param>
    public void GoOn(string activity) => _activity = activity;

    /// <summary>Draws how far it is, if it is time to.</summary>
    /// <param name="done">How much is done.</param>
    /// <param name="total">How much there is; null or 0: nobody knows. One that is too low grows with what is done.</param>
    /// <param name="status">What to say; null: <c>done of total</c>.</param>
    public void Report(long done, long? total, string? status = null)
    {
        if (!IsDue)
            return;
        var most = total is > 0 ? Math.Max(total.Value, done) : 0;
        // A new one each time: who collects them keeps the object itself.
        cmdlet.WriteProgress(new ProgressRecord(id, _activity, status ?? (most > 0 ? $"{done} of {most}" : $"{done}"))
        {
            PercentComplete = most > 0 ? (int)(100.0 * done / most) : -1,
        });
        _isShown = true;
        _watch.Restart();
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (!_isShown)
            return;
        _isShown = false;
        try
        {
            cmdlet.WriteProgress(new ProgressRecord(id, _activity, " ") { RecordType = ProgressRecordType.Completed });
        }
        catch (PipelineStoppedException)
        {
            // The host takes it away itself, and what is being thrown must not be replaced.
        }
    }
}
