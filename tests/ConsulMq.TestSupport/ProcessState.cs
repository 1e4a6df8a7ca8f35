using System.Diagnostics;

namespace ConsulMq.TestSupport;

/// <summary>Whether a process lives.</summary>
public static class ProcessState
{
    /// <summary>True while a process with this ID exists and has not ended.</summary>
    public static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
