using ConsulMq.Storage;

namespace ConsulMq.Queueing;

/// <summary>Where the bodies of popped messages go in place of memory.</summary>
internal interface IBodyDestination
{
    /// <summary>Opens the place for the body of a message that is about to be taken. If it throws, nothing is taken. Called again if the claim is lost.</summary>
    /// <param name="message">The message, without a body.</param>
    IBodyPlace Open(QueueObject message);
}

/// <summary>The place for one body. To be disposed of, which drops what was written unless it was accepted.</summary>
internal interface IBodyPlace : IDisposable
{
    /// <summary>Where the body is written, by asynchronous writes alone.</summary>
    Stream Target { get; }

    /// <summary>Nothing more is written: what was has to be safe before the message is taken.</summary>
    void Complete();

    /// <summary>The message is taken.</summary>
    /// <returns>What its body is from now on.</returns>
    object Accept();

    /// <summary>Opens what was written, wherever it is by now.</summary>
    Stream OpenRead();

    /// <summary>The message went back, and what was accepted is not wanted.</summary>
    void Withdraw();
}

/// <summary>The body of a message that is about to be taken: in memory, or in its place.</summary>
internal sealed record LoadedBody(MessageBody? Body, IBodyPlace? Place)
{
    /// <summary>Where to read it from, if it has to be uploaded again.</summary>
    public BodySource ToSource(BlobKind kind) => Body is { } body ? BodySource.Of(body) : BodySource.Of(Place!.OpenRead, kind);
}
