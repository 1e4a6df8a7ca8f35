using System.Management.Automation;
using System.Security;

namespace ConsulMq.Parameters;

/// <summary>Lets a user give a secret as a SecureString, a credential (its password), or a plain string; the cmdlet sees a SecureString, whose text no transcript shows.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SecretAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            SecureString secret => secret,
            PSCredential credential => credential.Password,
            string text => Secure(text),
            // Without the value: it might be the secret.
            _ => throw new ArgumentTransformationMetadataException("A secret has to be a SecureString, a PSCredential, or a string."),
        };

    /// <summary>The secret's text.</summary>
    internal static string Reveal(SecureString secret) => new System.Net.NetworkCredential("", secret).Password;

    private static SecureString Secure(string text)
    {
        var secret = new SecureString();
        foreach (var c in text)
            secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
