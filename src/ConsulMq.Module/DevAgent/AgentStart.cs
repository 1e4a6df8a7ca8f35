using System.Net.Sockets;
using ConsulMq.Consul;

namespace ConsulMq.DevAgent;

/// <summary>Starts an agent and waits until a write to it succeeds.</summary>
internal static class AgentStart
{
    private const int Tries = 3;

    /// <exception cref="InvalidOperationException">It did not come up; the text says why.</exception>
    public static async Task<ConsulMqDevAgent> StartAsync(ConsulProgram program, int port, TimeSpan patience, CancellationToken cancellation)
    {
        for (var left = Tries; ; left--)
        {
            var ports = Find(port);
            var process = AgentProcess.Start(program.Path, program.AgentArguments(ports));
            try
            {
                return await ReadyAsync(program, process, ports, patience, cancellation).ConfigureAwait(false);
            }
            catch (InvalidOperationException) when (left > 1 && process.HasExited && process.Output.IndexOf("already in use", StringComparison.OrdinalIgnoreCase) >= 0)
            {
                // Somebody took a port in between.
            }
            catch
            {
                process.Stop();
                throw;
            }
        }
    }

    private static AgentPorts Find(int port)
    {
        try
        {
            return AgentPorts.Find(port);
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException(port == 0 ? $"No free port was found: {e.Message}" : $"Port {port} is not free: {e.Message}. Leave -Port out to take any free one.", e);
        }
    }

    private static async Task<ConsulMqDevAgent> ReadyAsync(ConsulProgram program, AgentProcess process, AgentPorts ports, TimeSpan patience, CancellationToken cancellation)
    {
        var address = $"http://127.0.0.1:{ports.Http}";
        using var consul = new HttpConsul(new ConsulOptions { Address = address });
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        while (true)
        {
            try
            {
                var self = await consul.SelfAsync(deadline.Token).ConfigureAwait(false);
                await consul.PutAsync("consulmq-dev-agent", default, deadline.Token).ConfigureAwait(false);
                await consul.DeleteAsync("consulmq-dev-agent", deadline.Token).ConfigureAwait(false);
                return new ConsulMqDevAgent(process, address, self.Version, program.Path, self.Datacenter);
            }
            catch (ConsulException) when (!process.HasExited && !deadline.IsCancellationRequested)
            {
                // Not up yet, or no leader yet; looking again is all there is to do.
                await Pause(deadline.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ConsulException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                var what = process.HasExited ? "ended at once" : $"was not ready within {Format.Duration(patience)}";
                throw new InvalidOperationException($"Consul ({program.Path}) {what}. Its last words:{Environment.NewLine}{process.Output}", e);
            }
        }
    }

    private static async Task Pause(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(50, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The next request says it.
        }
    }
}
