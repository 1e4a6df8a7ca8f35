using ConsulMq.Storage;

namespace ConsulMq.Tests.Storage;

public class QueueNameTests
{
    [Theory]
    [InlineData("jobs")]
    [InlineData("a b")]
    [InlineData("100%")]
    [InlineData("größe/..", false)]
    [InlineData("größe#鍵🔑")]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData(" a", false)]
    [InlineData("a ", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("...")]
    [InlineData("a/b", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u00a0b", false)]
    [InlineData("a\u200db", false)]
    [InlineData("a\ue000b", false)]
    [InlineData("a\u0301")]
    public void ANameIsOneReadableSegmentOfAKey(string? name, bool valid = true) => Assert.Equal(valid, QueueName.IsValid(name));

    [Fact]
    public void HalfASurrogatePairHasNoUtf8() => Assert.False(QueueName.IsValid("a\ud800"));

    [Fact]
    public void ItsLengthIsLimited()
    {
        Assert.True(QueueName.IsValid(new string('x', 128)));
        Assert.False(QueueName.IsValid(new string('x', 129)));
    }

    [Fact]
    public void AnErrorNamesItWithoutItsControlCharacters()
    {
        var error = Assert.Throws<ConsulMqException>(() => QueueName.Validate("a\u001b[31mb"));
        Assert.Equal(ConsulMqError.InvalidQueueName, error.Error);
        Assert.DoesNotContain('\u001b', error.Message);
    }
}
