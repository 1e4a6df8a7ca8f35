using System.Text;
using ConsulMq.Storage;
using FsCheck;
using FsCheck.Xunit;

namespace ConsulMq.Tests.Storage;

public class CursorTests
{
    [Property]
    public void ACursorIsTheSetOfWhatIsLeft(PositiveInt count, NonNegativeInt[] consumed)
    {
        var size = 1 + (count.Get % 200);
        var left = Enumerable.Range(0, size).ToHashSet();
        var cursor = Cursor.Whole(size);
        foreach (var some in consumed.Select(n => n.Get % (size + 5)).Chunk(3))
        {
            cursor = cursor.Without(some);
            left.ExceptWith(some);
        }

        Assert.Equal(left.Count, cursor.Left);
        Assert.Equal(left.Order(), Enumerable.Range(-1, size + 2).Where(cursor.Has));
        var again = Cursor.TryParse(cursor.ToJson(), size)!;
        Assert.Equal(left.Order(), Enumerable.Range(-1, size + 2).Where(again.Has));
        Assert.Equal(cursor.ToJson(), again.ToJson());
    }

    [Fact]
    public void APersonCanReadIt() =>
        Assert.Equal("""{"first":2,"end":9,"gone":[4,6]}""", Encoding.UTF8.GetString(Cursor.Whole(10).Without([0, 1, 9, 4, 6]).ToJson()));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"first\":0}")]
    [InlineData("{\"first\":0,\"end\":11}")]
    [InlineData("{\"first\":-1,\"end\":5}")]
    [InlineData("{\"first\":6,\"end\":5}")]
    [InlineData("{\"first\":\"0\",\"end\":5}")]
    [InlineData("{\"first\":0,\"end\":5,\"gone\":[7]}")]
    [InlineData("{\"first\":0,\"end\":5,\"gone\":[1.5]}")]
    [InlineData("{\"first\":0,\"end\":99999999999}")]
    public void WhatIsNoCursorOfTheEntryIsRefused(string text) => Assert.Null(Cursor.TryParse(Encoding.UTF8.GetBytes(text), 10));
}
