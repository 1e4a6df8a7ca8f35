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
        // As at a real agent, a TTL check that is new is critical until it is reported.
        _services[registration.Id] = former is not null && former.Registration.CheckId == registration.CheckId
            ? new Service(registration) { Status = former.Status, Output = former.Output, Since = former.Since }
            : new Service(registration) { Status = registration.CheckId is null ? CheckStatus.Passing : CheckStatus.Critical, Since = now };
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
            if (service.Registration.CheckId != checkId)
                continue;
            if (service.Status != status || service.Output != output)
            {
                changed = service.Registration.Name;
                _indexes[changed] = index;
            }
            // How long it has been critical counts from when it turned so.
            if (status != CheckStatus.Critical || service.Status != CheckStatus.Critical)
                service.Since = now;
            service.Status = status;
            service.Output = output;
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
            if (registration.Name == name)
                instances.Add(new ServiceInstance(
                    registration.Id, name, Identity.Node, Identity.NodeAddress, registration.Tags, registration.Meta, service.Status, service.Output));
        }
        return instances;
    }

    /// <summary>When the next check turns critical or the next service vanishes.</summary>
    public TimeSpan? NextDue()
    {
        TimeSpan? next = null;
        foreach (var service in _services.Values)
            if (service.Due is { } due && (next is null || due < next))
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
            if (service.Due != next)
                continue;
            if (service.Status == CheckStatus.Critical)
                return Deregister(service.Registration.Id, index);
            service.Status = CheckStatus.Critical;
            service.Output = "TTL expired";
            service.Since = next;
            _indexes[service.Registration.Name] = index;
            return service.Registration.Name;
        }
        return null;
    }

    private sealed class Service(ServiceRegistration registration)
    {
        public ServiceRegistration Registration { get; } = registration;

        public CheckStatus Status { get; set; }

        public string Output { get; set; } = "";

        /// <summary>When the check was last reported or, if it is critical, when it turned so.</summary>
        public TimeSpan Since { get; set; }

        /// <summary>When time alone changes it: the TTL passes, or it has been critical for too long.</summary>
        public TimeSpan? Due
        {
            get
            {
                if (Registration.CheckId is null)
                    return null;
                if (Status != CheckStatus.Critical)
                    return Since + Registration.CheckTtl;
                return Registration.DeregisterCriticalAfter > TimeSpan.Zero ? Since + Registration.DeregisterCriticalAfter : null;
            }
        }
    }
}
