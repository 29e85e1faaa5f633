/* What callers poll: short reads under the world's lock. */
#include "core/drivers/test/inside.h"

#include <string.h>

#include "core/drivers/test/vcpu.h"

/* Guests here have used the processor for as long as there is time. */
unsigned long long guest_cpu_time(void)
{
    return (unsigned long long)g_get_real_time() * 1000;
}

int test_domainGetInfo(virDomainPtr domain, virDomainInfoPtr info)
{
    const struct domain *doc;

    WITH_GUEST(domain, -1);
    doc = guest_doc(guest);
    info->state = guest->state;
    info->maxMem = doc->memory.text;
    info->memory = doc->current_memory;
    info->nrVirtCpu = vcpus_current(doc);
    info->cpuTime = guest_cpu_time();
    return 0;
}

int test_domainGetState(virDomainPtr domain, int *state, int *reason, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    *state = guest->state;
    if (reason)
        *reason = guest->reason;
    return 0;
}

int test_domainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    *info = (virDomainControlInfo){.state = VIR_DOMAIN_CONTROL_OK};
    return 0;
}

int test_domainIsActive(virDomainPtr dom)
{
    WITH_GUEST(dom, -1);
    return guest_active(guest);
}

int test_domainIsPersistent(virDomainPtr dom)
{
    WITH_GUEST(dom, -1);
    return guest->config != NULL;
}

int test_domainIsUpdated(virDomainPtr dom)
{
    WITH_GUEST(dom, -1);
    return 0;
}

char *test_domainGetOSType(virDomainPtr domain)
{
    WITH_GUEST(domain, NULL);
    return g_strdup("linux");
}

char *test_domainGetHostname(virDomainPtr domain, unsigned int flags)
{
    char *name;

    if (flags_check(flags, VIR_DOMAIN_GET_HOSTNAME_LEASE | VIR_DOMAIN_GET_HOSTNAME_AGENT,
                    __func__) < 0)
        return NULL;
    if (flags == (VIR_DOMAIN_GET_HOSTNAME_LEASE | VIR_DOMAIN_GET_HOSTNAME_AGENT)) {
        error_set_argument(VIR_FROM_DOMAIN, "flags", "virDomainGetHostname",
                           "Flags 'VIR_DOMAIN_GET_HOSTNAME_LEASE' and "
                           "'VIR_DOMAIN_GET_HOSTNAME_AGENT' are mutually exclusive");
        return NULL;
    }
    if (flags != VIR_DOMAIN_GET_HOSTNAME_LEASE &&
        agent_ask(domain, "guest-get-host-name", __func__) < 0)
        return NULL;
    WITH_ACTIVE_GUEST(domain, NULL);
    name = guest_hostname(guest);
    if (name && *name)
        return name;
    g_free(name);
    test_error(NO_HOSTNAME, "no hostname found for domain '%s'", guest->name);
    return NULL;
}

/* Formats without the lock: a definition does not change once we hold it. */
char *test_domainGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
    g_autoptr(definition) definition = NULL;
    struct domain view;
    int id = -1;

    if (flags_check(flags,
                    VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_UPDATE_CPU |
                        VIR_DOMAIN_XML_MIGRATABLE,
                    __func__) < 0)
        return NULL;
    {
        WITH_GUEST(domain, NULL);
        if (guest->live && !(flags & VIR_DOMAIN_XML_INACTIVE && guest->config)) {
            definition = definition_ref(guest->live);
            id = guest->item.id;
        } else {
            definition = definition_ref(guest->config);
        }
    }
    /* the id is the guest's, not the definition's, which the next run shares */
    view = *definition->doc;
    view.id = id;
    view.has_id = id >= 0;
    return domain_format(&view, (flags & VIR_DOMAIN_XML_SECURE ? DOC_SECURE : 0) |
                                    (flags & VIR_DOMAIN_XML_INACTIVE ? DOC_INACTIVE : 0) |
                                    (flags & VIR_DOMAIN_XML_MIGRATABLE ? DOC_MIGRATABLE : 0));
}
