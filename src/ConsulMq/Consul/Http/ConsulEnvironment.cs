namespace ConsulMq.Consul.Http;

/// <summary>Consul's own environment variables, read as its Go client reads them (<c>api/api.go</c>).</summary>
internal static class ConsulEnvironment
{
    /// <summary>The options that the variables give.</summary>
    public static ConsulOptions Read(Func<string, string?> read)
    {
        if (read is null)
            throw new ArgumentNullException(nameof(read));
        var (token, tokenFile) = Token();
        return new ConsulOptions
        {
            Address = Text("CONSUL_HTTP_ADDR") ?? ConsulOptions.DefaultAddress,
            UseTls = Flag("CONSUL_HTTP_SSL", false),
            Token = token,
            TokenFile = tokenFile,
            Namespace = Text("CONSUL_NAMESPACE"),
            Partition = Text("CONSUL_PARTITION"),
            CaFile = Text("CONSUL_CACERT"),
            CaPath = Text("CONSUL_CAPATH"),
            ClientCertificate = Text("CONSUL_CLIENT_CERT"),
            ClientKey = Text("CONSUL_CLIENT_KEY"),
            TlsServerName = Text("CONSUL_TLS_SERVER_NAME"),
            SkipCertificateCheck = !Flag("CONSUL_HTTP_SSL_VERIFY", true),
        };

        string? Text(string name) => read(name) is { Length: > 0 } value ? value : null;

        // The words of Go's strconv.ParseBool.
        bool Flag(string name, bool otherwise) => Text(name) switch
        {
            null => otherwise,
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            var value => throw new ArgumentException($"The environment variable {name} is '{value}'; it must be true or false."),
        };

        // A file goes before the variable, unless it is empty.
        (string? Token, string? File) Token()
        {
            if (Text("CONSUL_HTTP_TOKEN_FILE") is not { } file)
                return (Text("CONSUL_HTTP_TOKEN"), null);
            const string Origin = "the environment variable CONSUL_HTTP_TOKEN_FILE";
            if (TokenFile.Read(file, Origin) is { Length: > 0 } token)
                return (token, file);
            return Text("CONSUL_HTTP_TOKEN") is { } other ? (other, null) : throw new ArgumentException($"The token file '{file}' of {Origin} is empty.");
        }
    }
}
