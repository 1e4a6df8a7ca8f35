using System.Diagnostics;
using System.Globalization;
using System.Text;
using ConsulMq.TestSupport.Soaking;
using FsCheck;
using FsCheck.Fluent;

namespace ConsulMq.Tests.Hostile;

/// <summary>Everything that reads what anybody may have written: it gives a value or the error that it documents, at once, and in little memory.</summary>
[Trait("Category", Soak.Category)]
public sealed class FuzzTests
{
    /// <summary>Far more than any input takes: a hang, not a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Figures Figures = new("Hostile input");

    public static TheoryData<string> Names => [.. Targets.All.Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void GoodInputIsRead(string name)
    {
        var target = Targets.Named(name);
        foreach (var seed in target.Seeds)
            target.Read(Encoding.UTF8.GetBytes(seed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void DamageIsAnErrorAndNothingWorse(string name)
    {
        var target = Targets.Named(name);
        var mutator = new Mutator(target.Starts);
        var count = Soak.Amount(300, 50_000);
        long most = 0;
        var inputs = Arb.From(Gen.Choose(0, int.MaxValue).Select(mutator.Make), Smaller);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(inputs, input => { most = Math.Max(most, Try(target, input)); }));
        Figures.Write($"fuzzed: {name}", $"{count:N0} inputs, at most {most / 1024.0:N0} KiB for one");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WhateverIsCutOffIsAnErrorAndNothingWorse(string name)
    {
        var target = Targets.Named(name);
        foreach (var start in target.Starts)
        {
            for (var length = 0; length < Math.Min(start.Length, 2_000); length++)
                Try(target, start[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatOnceBrokeSomethingStaysRight(string name)
    {
        var target = Targets.Named(name);
        foreach (var file in target.Files)
            Try(target, File.ReadAllBytes(file));
    }

    /// <summary>Half a mebibyte, as much as a value in Consul can have: time and memory must not grow faster than the input.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void LongInputIsAnErrorAndNothingWorse(string name)
    {
        var target = Targets.Named(name);
        foreach (var piece in (string[])["[", "{\"a\":", "\"", "0", "1,", "\n", "null,", ".", "/", "\\u0000", "\"a\":0,", "{}", "\0", "é", "1h", "x_"])
        {
            foreach (var before in (string[])["", "{\"page\":1,\"tags\":[", "[", "{\"first\":0,\"end\":9,\"gone\":["])
                Try(target, Encoding.UTF8.GetBytes(before + string.Concat(Enumerable.Repeat(piece, 512 * 1024 / Encoding.UTF8.GetByteCount(piece)))));
        }
    }

    /// <summary>Returns how many bytes were allocated.</summary>
    private static long Try(Target target, byte[] input)
    {
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Read(input);
        }
        catch (Exception e) when (target.Allows(e))
        {
            // It says so.
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{target.Name}: {Show(input)}\n{e}");
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= target.Base + ((long)target.Factor * input.Length), $"{target.Name}: {allocated:N0} bytes for {input.Length:N0}: {Show(input)}");
        Assert.True(watch.Elapsed < Patience, $"{target.Name}: {watch.Elapsed} for {input.Length:N0} bytes: {Show(input)}");
        return allocated;
    }

    private static IEnumerable<byte[]> Smaller(byte[] input)
    {
        for (var part = input.Length / 2; part > 0; part /= 2)
        {
            for (var at = 0; at + part <= input.Length; at += part)
                yield return [.. input.AsSpan(0, at), .. input.AsSpan(at + part)];
        }
    }

    private static string Show(byte[] input)
    {
        var text = new StringBuilder();
        foreach (var b in input.AsSpan(0, Math.Min(input.Length, 2_000)))
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : $"<{b.ToString("x2", CultureInfo.InvariantCulture)}>");
        return text.ToString();
    }
}
