/* What callers poll: short reads under the host's lock, or none. */
#include "core/drivers/qemu/guest.h"

#include <unistd.h>

#include "core/conf/domain/machine.h"

/* User's and system's time of a process so far, in nanoseconds. */
static unsigned long long cpu_time(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *text = NULL;
    unsigned long long user, system;
    const char *end;

    if (!pid || !g_file_get_contents(path, &text, NULL, NULL) || !(end = strrchr(text, ')')) ||
        sscanf(end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2)
        return 0;
    return (user + system) * (G_GUINT64_CONSTANT(1000000000) / sysconf(_SC_CLK_TCK));
}

static unsigned current_vcpus(const struct domain *doc)
{
    return doc->vcpu.has_current ? doc->vcpu.current : doc->vcpu.text;
}

int qemu_domainGetInfo(virDomainPtr domain, virDomainInfoPtr info)
{
    pid_t pid;
    {
        WITH_GUEST(domain, -1);
        const struct domain *doc = guest_doc(guest);

        info->state = guest->state;
        info->maxMem = doc->memory.text;
        info->memory = doc->current_memory;
        info->nrVirtCpu = current_vcpus(doc);
        pid = guest->process.pid;
    }
    info->cpuTime = cpu_time(pid);
    return 0;
}

int qemu_domainGetState(virDomainPtr domain, int *state, int *reason, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    *state = guest->state;
    if (reason)
        *reason = guest->reason;
    return 0;
}

int qemu_domainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    *info = (virDomainControlInfo){.state = VIR_DOMAIN_CONTROL_OK};
    if (!guest->monitor || !monitor_is_open(guest->monitor)) {
        info->state = VIR_DOMAIN_CONTROL_ERROR;
        info->details = VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR;
    } else if (guest->job.function) {
        info->state = VIR_DOMAIN_CONTROL_JOB;
        info->stateTime = (g_get_monotonic_time() - guest->job.since) / 1000;
    }
    return 0;
}

int qemu_domainIsActive(virDomainPtr dom)
{
    WITH_GUEST(dom, -1);
    return guest_active(guest);
}

int qemu_domainIsPersistent(virDomainPtr dom)
{
    WITH_GUEST(dom, -1);
    return guest->config != NULL;
}

int qemu_domainIsUpdated(virDomainPtr dom)
{
    WITH_GUEST(dom, -1);
    return guest->updated;
}

char *qemu_domainGetOSType(virDomainPtr domain)
{
    WITH_GUEST(domain, NULL);
    return g_strdup(doc_word(&domain_os_type_text_words, guest_doc(guest)->os.type.text));
}

unsigned long qemu_domainGetMaxMemory(virDomainPtr domain)
{
    WITH_GUEST(domain, 0);
    return guest_doc(guest)->memory.text;
}

int qemu_domainGetVcpusFlags(virDomainPtr domain, unsigned int flags)
{
    struct definition *definition;
    struct definitions pair;

    if (qemu_flags(flags, AFFECT_FLAGS | VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_GUEST) < 0 ||
        affects_one(flags) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    pair = guest_definitions(guest);
    definition = definitions_get(&pair, flags);
    if (!definition)
        return -1;
    return flags & VIR_DOMAIN_VCPU_MAXIMUM ? definition->doc->vcpu.text
                                           : current_vcpus(definition->doc);
}

int qemu_domainGetMaxVcpus(virDomainPtr domain)
{
    return qemu_domainGetVcpusFlags(domain, VIR_DOMAIN_VCPU_MAXIMUM);
}

#define XML_FLAGS                                                                                  \
    (VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_UPDATE_CPU |                 \
     VIR_DOMAIN_XML_MIGRATABLE)

/* Formats without the lock: a definition does not change once we hold it. */
char *qemu_domainGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
    g_autoptr(definition) definition = NULL;
    bool inactive;

    if (qemu_flags(flags, XML_FLAGS) < 0)
        return NULL;
    {
        WITH_GUEST(domain, NULL);
        inactive = !guest->live || flags & VIR_DOMAIN_XML_INACTIVE;
        definition = definition_ref(guest->live && !(inactive && guest->config) ? guest->live
                                                                                : guest->config);
    }
    return domain_format(definition->doc,
                         (flags & VIR_DOMAIN_XML_SECURE ? DOC_SECURE : 0) |
                             (inactive ? DOC_INACTIVE : 0) |
                             (flags & VIR_DOMAIN_XML_MIGRATABLE ? DOC_MIGRATABLE : 0));
}
