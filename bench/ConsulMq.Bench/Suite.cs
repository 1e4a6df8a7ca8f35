namespace ConsulMq.Bench;

/// <summary>What there is to measure, on which Consul, and what is to be reached.</summary>
internal sealed class Suite(string manifest, Func<bool, Task<(string Address, IAsyncDisposable Server)>> startConsul)
{
    public static readonly string[] Names =
        [
            "push-1", "pop-1", "push-16", "pop-16", "pop-4-strict", "push-deep", "pop-deep", "bulk-push", "bulk-pop", "lease-1", "lease-bulk", "body-16m", "wake",
            "stream-memory", "import",
        ];

    /// <summary>Measures what is wanted, each on a Consul of its own: one whose database has held much is slower for ever.</summary>
    public async IAsyncEnumerable<Result> RunAsync(IReadOnlyCollection<string> wanted)
    {
        foreach (var disk in new[] { false, true })
        {
            var consul = disk ? "disk" : "memory";
            var single = disk ? 1536 : 3072;
            var many = disk ? 4800 : 8000;
            if (wanted.Contains("push-1"))
                yield return Rate("push-1", consul, await OnConsul(disk, a => QueueMeasures.PushAsync(a, 1, single, 7)), 0.9);
            if (wanted.Contains("pop-1"))
                yield return Rate("pop-1", consul, await OnConsul(disk, a => QueueMeasures.PopAsync(a, 1, single, 7)), 0.9);
            if (wanted.Contains("push-16"))
                yield return Rate("push-16", consul, await OnConsul(disk, a => QueueMeasures.PushAsync(a, 16, many, 5)), 0.85);
            if (wanted.Contains("pop-16"))
                yield return Rate("pop-16", consul, await OnConsul(disk, a => QueueMeasures.PopAsync(a, 16, many, 5)), 0.5);
            if (wanted.Contains("pop-4-strict"))
            {
                var (strict, spread, ratio) = await OnConsul(disk, a => QueueMeasures.PopStrictAsync(a, 4, single, 5));
                yield return new Result("pop-4-strict", consul, strict, "1/s", spread, ratio, null, false);
            }

            if (wanted.Contains("push-deep"))
                yield return Rate("push-deep", consul, await OnConsul(disk, a => QueueMeasures.PushDeepAsync(a, single, 5)), 0.9);
            if (wanted.Contains("pop-deep"))
                yield return Rate("pop-deep", consul, await OnConsul(disk, a => QueueMeasures.PopDeepAsync(a, single, 5)), 0.9);
            if (wanted.Contains("bulk-push") || wanted.Contains("bulk-pop"))
            {
                var (push, pop) = await OnConsul(disk, a => EngineMeasures.BulkAsync(a, manifest, 5, single));
                if (wanted.Contains("bulk-push"))
                    yield return Rate("bulk-push", consul, push, disk ? 45 : 15);
                if (wanted.Contains("bulk-pop"))
                    yield return Rate("bulk-pop", consul, pop, disk ? 65 : 20);
            }

            if (wanted.Contains("lease-1"))
                yield return Rate("lease-1", consul, await OnConsul(disk, a => QueueMeasures.LeaseAsync(a, single, 7)), 0.45);
            if (wanted.Contains("lease-bulk"))
                yield return Rate("lease-bulk", consul, await OnConsul(disk, a => EngineMeasures.LeaseBulkAsync(a, manifest, 7, single)), disk ? 30 : 10);
            if (wanted.Contains("body-16m"))
            {
                var (way, trip) = await OnConsul(disk, a => EngineMeasures.FileAsync(a, manifest, disk ? 7 : 9));
                yield return new Result("body-16m", consul, way.Value, "MB/s", way.Baseline, way.Ratio, 0.5, false);
                yield return new Result("body-16m-trip", consul, trip.Value, "MB/s", trip.Baseline, trip.Ratio, 0.5, false);
            }

            if (wanted.Contains("wake"))
                yield return new Result("wake", consul, await OnConsul(disk, a => QueueMeasures.WakeAsync(a, 60)), "ms", null, null, 5, true);
            if (wanted.Contains("stream-memory"))
            {
                var sets = await OnConsul(disk, a => Child.RunAsync("child-stream", a, manifest));
                yield return new Result("stream-memory", consul, sets[1] / 1e6, "MB", sets[0] / 1e6, sets[1] / sets[0], 1.2, true);
            }
        }

        if (wanted.Contains("import"))
        {
            var times = new List<double>();
            for (var i = 0; i < 7; i++)
                times.Add((await Child.RunAsync("child-import", manifest))[0]);
            yield return new Result("import", "none", Rounds.Median(times), "ms", null, null, 100, true);
        }
    }

    private static Result Rate(string name, string consul, (double Value, double Baseline, double Ratio) rate, double target) =>
        new(name, consul, rate.Value, "1/s", rate.Baseline, rate.Ratio, target, false);

    private async Task<T> OnConsul<T>(bool disk, Func<string, Task<T>> measure)
    {
        var (address, server) = await startConsul(disk);
        await using (server)
            return await measure(address);
    }
}
