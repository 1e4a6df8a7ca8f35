using System.Text;
using ConsulMq.Storage;

namespace ConsulMq.Tests.Storage;

public class ReceiptCodecTests
{
    [Fact]
    public void APersonCanReadIt()
    {
        var receipt = ReceiptCodec.Write("fence-0123456789abcdef", new DateTimeOffset(2026, 11, 23, 9, 44, 7, 9, TimeSpan.FromHours(2)));
        Assert.Equal("""{"op":"fence-0123456789abcdef","at":"2026-11-23T07:44:07.009Z"}""", Encoding.UTF8.GetString(receipt));
        Assert.Equal("fence-0123456789abcdef", ReceiptCodec.Operation(receipt));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"op\":1}")]
    [InlineData("{\"op\":\"x\"")]
    public void DamageIsNoOperation(string text) => Assert.NotEqual("fence-0", ReceiptCodec.Operation(Encoding.UTF8.GetBytes(text)));
}
