using System.Diagnostics;
using System.Management.Automation;

namespace ConsulMq.Commands;

/// <summary>
/// A progress bar that is drawn four times a second at most, and not at all where it is over before the first of them. Taken away when it is disposed of.
/// For the pipeline thread alone.
/// </summary>
/// <param name="cmdlet">Whose bar it is.</param>
/// <param name="activity">What goes on: the bar's title.</param>
internal sealed class ProgressBar(Cmdlet cmdlet, string activity) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ProgressRecord _record = new(0, activity, " ");
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private bool _isShown;

    /// <summary>Whether the next call of <see cref="Report"/> draws.</summary>
    public bool IsDue => _watch.Elapsed >= Interval;

    /// <summary>Goes on to another part of the same work.</summary>
    /// <param name="activity">What goes on from now on.</param>
    public void GoOn(string activity) => _record.Activity = activity;

    /// <summary>Draws how far it is, if it is time to.</summary>
    /// <param name="done">How much is done.</param>
    /// <param name="total">How much there is; null or 0: nobody knows. One that is too low grows with what is done.</param>
    /// <param name="status">What to say; null: <c>done of total</c>.</param>
    public void Report(long done, long? total, string? status = null)
    {
        if (!IsDue)
            return;
        var most = total is > 0 ? Math.Max(total.Value, done) : 0;
        _record.StatusDescription = status ?? (most > 0 ? $"{done} of {most}" : $"{done}");
        _record.PercentComplete = most > 0 ? (int)(100.0 * done / most) : -1;
        cmdlet.WriteProgress(_record);
        _isShown = true;
        _watch.Restart();
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (!_isShown)
            return;
        _isShown = false;
        _record.RecordType = ProgressRecordType.Completed;
        try
        {
            cmdlet.WriteProgress(_record);
        }
        catch (PipelineStoppedException)
        {
            // The host takes it away itself, and what is being thrown must not be replaced.
        }
    }
}
