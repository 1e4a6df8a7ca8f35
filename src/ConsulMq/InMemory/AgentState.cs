using ConsulMq.Consul;

namespace ConsulMq.InMemory;

/// <summary>The services and TTL checks of the one agent. No clock of its own, no locks.</summary>
internal sealed class AgentState
{
    private readonly SortedDictionary<string, Service> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> _indexes = new(StringComparer.Ordinal);

    /// <summary>The index of the last change of a service.</summary>
    public ulong IndexOf(string name) => _indexes.TryGetValue(name, out var index) ? index : 0;

    /// <returns>The name that the service of this ID had until now, if it was another one.</returns>
    public string? Register(ServiceRegistration registration, ulong index, TimeSpan now)
    {
        _services.TryGetValue(registration.Id, out var former);
        var checks = new List<Check>();
        foreach (var definition in registration.Checks)
        {
            // As at a real agent, a check that is known keeps its state.
            var known = former?.Checks.Find(check => check.Definition.Id == definition.Id);
            checks.Add(known is null
                ? new Check(definition) { Status = definition.Status, Since = now }
                : new Check(definition) { Status = known.Status, Output = known.Output, Since = known.Since });
        }

        _services[registration.Id] = new Service(registration, checks);
        _indexes[registration.Name] = index;
        if (former is null || former.Registration.Name == registration.Name)
            return null;
        _indexes[former.Registration.Name] = index;
        return former.Registration.Name;
    }

    /// <returns>The service's name, or null if there is none of this ID.</returns>
    public string? Deregister(string id, ulong index)
    {
        if (!_services.TryGetValue(id, out var service))
            return null;
        _services.Remove(id);
        _indexes[service.Registration.Name] = index;
        return service.Registration.Name;
    }

    /// <param name="checkId">The check.</param>
    /// <param name="status">What it says.</param>
    /// <param name="output">Why.</param>
    /// <param name="index">The index of the change, if it is one.</param>
    /// <param name="now">The time.</param>
    /// <param name="changed">The service that looks different from now on, if any: a report of the same is none.</param>
    /// <returns>False: there is no such check.</returns>
    public bool UpdateCheck(string checkId, CheckStatus status, string output, ulong index, TimeSpan now, out string? changed)
    {
        changed = null;
        foreach (var service in _services.Values)
        {
            if (service.Checks.Find(check => check.Definition.Id == checkId) is not { } check)
                continue;
            if (check.Status != status || check.Output != output)
            {
                changed = service.Registration.Name;
                _indexes[changed] = index;
            }
            // How long it has been critical counts from when it turned so.
            if (status != CheckStatus.Critical || check.Status != CheckStatus.Critical)
                check.Since = now;
            check.Status = status;
            check.Output = output;
            return true;
        }
        return false;
    }

    public List<ServiceInstance> Instances(string name)
    {
        var instances = new List<ServiceInstance>();
        foreach (var service in _services.Values)
        {
            var registration = service.Registration;
            if (registration.Name != name)
                continue;
            var (status, output) = ServiceInstance.Worst(service.Checks.Select(static check => (check.Status, check.Output)));
            instances.Add(new ServiceInstance(
                registration.Id, name, Identity.Node, Identity.NodeAddress, registration.Tags, registration.Meta, status, output));
        }
        return instances;
    }

    /// <summary>When the next check turns critical or the next service vanishes.</summary>
    public TimeSpan? NextDue()
    {
        TimeSpan? next = null;
        foreach (var service in _services.Values)
            foreach (var check in service.Checks)
                if (check.Due is { } due && (next is null || due < next))
                    next = due;
        return next;
    }

    /// <summary>Does the one thing that is due first.</summary>
    /// <returns>The service it changed, or null if nothing is due.</returns>
    public string? DoWhatIsDue(TimeSpan now, ulong index)
    {
        if (NextDue() is not { } next || next > now)
            return null;
        foreach (var service in _services.Values)
        {
            if (service.Checks.Find(check => check.Due == next) is not { } check)
                continue;
            if (check.Status == CheckStatus.Critical)
                return Deregister(service.Registration.Id, index);
            check.Status = CheckStatus.Critical;
            check.Output = "TTL expired";
            check.Since = next;
            _indexes[service.Registration.Name] = index;
            return service.Registration.Name;
        }
        return null;
    }

    private sealed record Service(ServiceRegistration Registration, List<Check> Checks);

    private sealed class Check(TtlCheck definition)
    {
        public TtlCheck Definition { get; } = definition;

        public CheckStatus Status { get; set; }

        public string Output { get; set; } = "";

        /// <summary>When it was last reported or, if it is critical, when it turned so.</summary>
        public TimeSpan Since { get; set; }

        /// <summary>When time alone changes it: the TTL passes, or it has been critical for too long.</summary>
        public TimeSpan? Due
        {
            get
            {
                if (Status != CheckStatus.Critical)
                    return Since + Definition.Ttl;
                return Definition.DeregisterCriticalAfter > TimeSpan.Zero ? Since + Definition.DeregisterCriticalAfter : null;
            }
        }
    }
}
