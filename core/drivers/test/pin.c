/* Which processors of the host may run what of a guest. */
#include "core/drivers/test/vcpu.h"

#include <string.h>

void pin_fill(const char *cpuset, unsigned int cpus, unsigned char *map, size_t length)
{
    unsigned char all[PIN_BYTES] = {0};

    if (!cpuset || doc_cpuset_parse(cpuset, all, sizeof(all)) < 0)
        for (unsigned int cpu = 0; cpu < cpus && cpu < sizeof(all) * 8; cpu++)
            VIR_USE_CPU(all, cpu);
    memset(map, 0, length);
    memcpy(map, all, MIN(length, sizeof(all)));
}

char *pin_text(const unsigned char *map, int length)
{
    for (int i = 0; i < length; i++)
        if (map[i])
            return doc_cpuset_format(map, MIN(length, PIN_BYTES));
    return NULL;
}

const char *vcpu_cpuset(const struct domain *doc, unsigned int vcpu)
{
    for (size_t i = 0; i < doc->cputune.n_vcpupins; i++)
        if (doc->cputune.vcpupins[i].vcpu == vcpu)
            return doc->cputune.vcpupins[i].cpuset;
    return doc->vcpu.cpuset;
}

/* Takes `cpuset` over. The list is sorted by processor. */
static void set_vcpu_cpuset(struct domain *doc, unsigned int vcpu, char *cpuset)
{
    struct domain_cputune *tune = &doc->cputune;
    size_t at = 0;

    while (at < tune->n_vcpupins && tune->vcpupins[at].vcpu < vcpu)
        at++;
    if (at == tune->n_vcpupins || tune->vcpupins[at].vcpu != vcpu) {
        tune->vcpupins =
            g_renew(struct domain_cputune_vcpupins, tune->vcpupins, tune->n_vcpupins + 1);
        memmove(tune->vcpupins + at + 1, tune->vcpupins + at,
                (tune->n_vcpupins - at) * sizeof(*tune->vcpupins));
        tune->n_vcpupins++;
        tune->vcpupins[at] = (struct domain_cputune_vcpupins){.vcpu = vcpu};
    }
    g_free(tune->vcpupins[at].cpuset);
    tune->vcpupins[at].cpuset = cpuset;
}

int test_domainPinVcpuFlags(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap,
                            int maplen, unsigned int flags)
{
    g_autofree char *cpuset = pin_text(cpumap, maplen);

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (!guest_active(guest)) {
        test_error(OPERATION_INVALID, "cannot pin vcpus on an inactive domain");
        return -1;
    }
    if (vcpu >= vcpus_current(guest->live->doc)) {
        test_error(INVALID_ARG, "requested vcpu '%u' is not present in the domain: it has %u", vcpu,
                   vcpus_current(guest->live->doc));
        return -1;
    }
    if (!cpuset) {
        test_error(INVALID_ARG, "Empty cpu list for pinning");
        return -1;
    }
    set_vcpu_cpuset(definition_edit(&guest->live), vcpu, g_steal_pointer(&cpuset));
    return 0;
}

int test_domainPinVcpu(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen)
{
    return test_domainPinVcpuFlags(domain, vcpu, cpumap, maplen, 0);
}

int test_domainGetVcpuPinInfo(virDomainPtr domain, int ncpumaps, unsigned char *cpumaps, int maplen,
                              unsigned int flags)
{
    const struct domain *doc;
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    n = MIN((unsigned int)ncpumaps, doc->vcpu.text);
    for (int i = 0; i < n; i++)
        pin_fill(vcpu_cpuset(doc, i), world->node.cpus, cpumaps + (size_t)i * maplen, maplen);
    return n;
}

int test_domainPinEmulator(virDomainPtr domain, unsigned char *cpumap, int maplen,
                           unsigned int flags)
{
    g_autofree char *cpuset = pin_text(cpumap, maplen);
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (!cpuset) {
        test_error(INVALID_ARG, "Empty cpu list for pinning");
        return -1;
    }
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++) {
        g_free(docs[i]->cputune.emulatorpin.cpuset);
        docs[i]->cputune.emulatorpin.cpuset = g_strdup(cpuset);
    }
    return 0;
}

int test_domainGetEmulatorPinInfo(virDomainPtr domain, unsigned char *cpumap, int maplen,
                                  unsigned int flags)
{
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    pin_fill(doc->cputune.emulatorpin.cpuset ? doc->cputune.emulatorpin.cpuset : doc->vcpu.cpuset,
             world->node.cpus, cpumap, maplen);
    return 1;
}
