using System.Globalization;
using System.Text;

namespace ConsulMq.Bodies;

/// <summary>Where in an object a writer is: for the depth limit, for cycles, and for errors that name the place.</summary>
internal sealed class JsonPath(int depth)
{
    private readonly object[] _containers = new object[depth];
    private readonly string?[] _names = new string?[depth];
    private readonly int[] _indexes = new int[depth];
    private int _count;

    public void Reset() => _count = 0;

    public void Enter(object container)
    {
        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_containers[i], container))
                throw Error("holds itself");
        }

        if (_count == depth)
            throw Error($"is nested more than {depth} deep; raise -Depth if that is meant");
        _containers[_count++] = container;
        At(0);
    }

    public void Leave() => _containers[--_count] = null!;

    public void At(string name) => _names[_count - 1] = name;

    public void At(int index)
    {
        _names[_count - 1] = null;
        _indexes[_count - 1] = index;
    }

    public ConsulMqException Error(string problem) =>
        new(ConsulMqError.InvalidBody, $"The item cannot be stored as JSON: {this} {problem}. Push the properties that matter (Select-Object), or keep PowerShell's types with -As CliXml.");

    /// <summary>The error for a secret, which no form of the body keeps safe.</summary>
    public ConsulMqException SecretError() =>
        new(ConsulMqError.InvalidBody, $"The item cannot be stored as JSON: {this} is a SecureString; a queue is no place for secrets in the clear.") { RecommendedAction = BodyWriter.SecretAdvice };

    public override string ToString()
    {
        if (_count == 0)
            return "it";
        var text = new StringBuilder("its value at ");
        for (var i = 0; i < _count; i++)
        {
            if (_names[i] is { } name)
                text.Append('.').Append(Format.OneLine(name, 40));
            else
                text.Append('[').Append(_indexes[i].ToString(CultureInfo.InvariantCulture)).Append(']');
        }

        return text.ToString();
    }
}
