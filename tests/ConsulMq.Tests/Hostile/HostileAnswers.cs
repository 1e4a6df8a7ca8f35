using System.IO.Compression;
using System.Net.Security;
using System.Text;

namespace ConsulMq.Tests.Hostile;

/// <summary>What answers where Consul should be.</summary>
internal static class HostileAnswers
{
    private const string Ok = "HTTP/1.1 200 OK\r\nX-Consul-Index: 7\r\nContent-Type: application/json\r\n";

    /// <summary>Ten gigabytes.</summary>
    private const long Much = 10L * 1024 * 1024 * 1024;

    private static readonly byte[] Nulls = Encoding.ASCII.GetBytes("[" + string.Concat(Enumerable.Repeat("null,", 1_000_000)) + "null]");

    /// <summary>Each by its name.</summary>
    public static IReadOnlyDictionary<string, Func<Stream, CancellationToken, Task>> All { get; } = new Dictionary<string, Func<Stream, CancellationToken, Task>>
    {
        ["garbage"] = (s, stop) => Say(s, "\0\u0001\u00ff\u00fe garbage \r\n\r\n\0\0\0", stop),
        ["a web page"] = (s, stop) => Body(s, "<!DOCTYPE html><html><body>Welcome</body></html>", stop),
        ["nothing in the body"] = (s, stop) => Body(s, "", stop),
        ["half of a listing"] = (s, stop) => Body(s, "[{\"Key\":\"a\",\"Modif", stop),
        ["half of a transaction"] = (s, stop) => Body(s, "{\"Results\":[{\"KV\":{\"Key\":", stop),
        ["too long a length"] = (s, stop) => Say(s, Ok + "Content-Length: 5000\r\n\r\n[]", stop),
        ["too short a length"] = (s, stop) => Say(s, Ok + "Content-Length: 1\r\n\r\n[]", stop),
        ["two lengths"] = (s, stop) => Say(s, Ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n<a>", stop),
        ["a negative length"] = (s, stop) => Say(s, Ok + "Content-Length: -5\r\n\r\n<a>", stop),
        ["a length beyond all"] = (s, stop) => Say(s, Ok + "Content-Length: 99999999999999999999999\r\n\r\n<a>", stop),
        ["much announced and nothing sent"] = async (s, stop) =>
        {
            await Say(s, Ok + "Content-Length: 200000000\r\n\r\n[", stop);
            await Task.Delay(Timeout.Infinite, stop);
        },
        ["bad chunks"] = (s, stop) => Say(s, Ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n", stop),
        ["10 GB of zeros"] = (s, stop) => Endless(s, Ok + $"Content-Length: {Much}\r\n\r\n", new byte[64 * 1024], Much, stop),
        ["10 GB of zeros in chunks"] = (s, stop) => Endless(s, Ok + "Transfer-Encoding: chunked\r\n\r\n", Chunk(new byte[64 * 1024]), Much, stop),
        ["10 GB of zeros without a length"] = (s, stop) => Endless(s, Ok + "Connection: close\r\n\r\n", new byte[64 * 1024], Much, stop),
        ["10 GB behind an error"] = (s, stop) => Endless(s, "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n", Chunk(new byte[64 * 1024]), Much, stop),
        ["an endless header"] = (s, stop) => Endless(s, "HTTP/1.1 200 OK\r\n", Encoding.ASCII.GetBytes($"X-More: {new string('x', 4_000)}\r\n"), Much, stop),
        ["an endless line of a header"] = (s, stop) => Endless(s, "HTTP/1.1 200 OK\r\nX-More: ", Encoding.ASCII.GetBytes(new string('x', 4_000)), Much, stop),
        ["an endless status line"] = (s, stop) => Endless(s, "HTTP/1.1 200 ", Encoding.ASCII.GetBytes(new string('x', 4_000)), Much, stop),
        ["endless 100 Continue"] = (s, stop) => Endless(s, "", "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), Much, stop),
        ["a gzip bomb"] = async (s, stop) => await Bytes(s, Ok + "Content-Encoding: gzip\r\n", Bomb(), stop),
        ["HTTP/0.9"] = (s, stop) => Say(s, "<html>hello</html>", stop),
        ["HTTP/9.9"] = (s, stop) => Say(s, "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n", stop),
        ["another protocol"] = (s, stop) => Say(s, "220 mail.example.org ESMTP\r\n", stop),
        ["closes at once"] = (_, _) => Task.CompletedTask,
        ["says nothing"] = (_, stop) => Task.Delay(Timeout.Infinite, stop),
        ["a byte a second"] = async (s, stop) =>
        {
            foreach (var c in Ok + "Content-Length: 2\r\n\r\n[]")
            {
                await Say(s, c.ToString(), stop);
                await Task.Delay(1000, stop);
            }
        },
        ["nested 100,000 deep"] = (s, stop) => Body(s, new string('[', 100_000), stop),
        ["objects nested 100,000 deep"] = (s, stop) => Body(s, string.Concat(Enumerable.Repeat("{\"Results\":", 100_000)), stop),
        ["a million nulls"] = (s, stop) => Bytes(s, Ok, Nulls, stop),
        ["a text where there is none"] = (s, stop) => Body(s, "\"" + new string('x', 1_000_000) + "\"", stop),
        ["404 without an index"] = (s, stop) => Say(s, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", stop),
        ["429 for an age"] = (s, stop) => Say(s, "HTTP/1.1 429 Slow Down\r\nRetry-After: 999999999\r\nContent-Length: 0\r\n\r\n", stop),
        ["503 for an age"] = (s, stop) => Say(s, "HTTP/1.1 503 Later\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 5\r\n\r\nlater", stop),
    };

    /// <summary>Redirects somewhere else.</summary>
    public static Func<Stream, CancellationToken, Task> Redirect(int status, string location) =>
        (s, stop) => Say(s, $"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", stop);

    /// <summary>Answers with this body, and this as the index.</summary>
    public static Func<Stream, CancellationToken, Task> WithIndex(string index, string body) =>
        (s, stop) => Say(s, $"HTTP/1.1 200 OK\r\nX-Consul-Index: {index}\r\nContent-Length: {body.Length}\r\n\r\n{body}", stop);

    /// <summary>Speaks TLS at once.</summary>
    public static Func<Stream, CancellationToken, Task> Tls(string certificate) => async (s, stop) =>
    {
        using var tls = new SslStream(s);
        using var pair = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadPkcs12FromFile(certificate, "pw");
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = pair }, stop);
    };

    /// <summary>A listing that begins well and does not end.</summary>
    public static Func<Stream, CancellationToken, Task> EndlessListing(string head, string piece) =>
        (s, stop) => Endless(s, Ok + "Connection: close\r\n\r\n" + head, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, 64 * 1024 / piece.Length))), Much, stop);

    private static Task Body(Stream stream, string body, CancellationToken stop) => Bytes(stream, Ok, Encoding.UTF8.GetBytes(body), stop);

    private static async Task Bytes(Stream stream, string head, byte[] body, CancellationToken stop)
    {
        await Say(stream, $"{head}Content-Length: {body.Length}\r\n\r\n", stop);
        await stream.WriteAsync(body, stop);
    }

    private static Task Say(Stream stream, string text, CancellationToken stop) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop).AsTask();

    private static async Task Endless(Stream stream, string head, byte[] piece, long length, CancellationToken stop)
    {
        await Say(stream, head, stop);
        for (long sent = 0; sent < length; sent += piece.Length)
            await stream.WriteAsync(piece, stop);
    }

    private static byte[] Chunk(byte[] bytes) => [.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, (byte)'\r', (byte)'\n'];

    /// <summary>Fifty megabytes of blanks.</summary>
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var blanks = new byte[1024 * 1024];
            blanks.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 50; i++)
                gzip.Write(blanks);
        }

        return packed.ToArray();
    }
}
