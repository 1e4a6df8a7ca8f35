using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace ConsulMq.Module.Tests.Help.StandIns;

/// <summary>The engine's own formatting as a list: only the cmdlet for it is missing there.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatList : OuterFormatTableAndListBase
{
    public FormatList() => FormatObject.Use(this, "List");
}

/// <summary>The same as a table.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTable : OuterFormatTableBase
{
    public FormatTable() => FormatObject.Use(this, "Table");
}

/// <summary>What the two have in common.</summary>
internal static class FormatObject
{
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>Sets what makes one of the engine's base classes a cmdlet. It is internal there.</summary>
    public static void Use(FrontEndCommandBase cmdlet, string shape)
    {
        Assembly engine = typeof(PSObject).Assembly;
        object value = Enum.Parse(engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.FormatShape", throwOnError: true)!, shape);
        ConstructorInfo create = engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.InnerFormatShapeCommand", throwOnError: true)!
            .GetConstructor(Internal, [value.GetType()])!;
        typeof(FrontEndCommandBase).GetField("implementation", Internal)!.SetValue(cmdlet, create.Invoke([value]));
    }
}
