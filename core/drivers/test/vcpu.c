#include "core/drivers/test/vcpu.h"
#include "core/drivers/test/inside.h"

#include <string.h>

#define FLAGS (AFFECT_FLAGS | VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_GUEST)

/* Processors that are described one by one no longer fit when their number changes. */
static void set_vcpus(struct domain *doc, unsigned int max, unsigned int current)
{
    g_clear_pointer(&doc->vcpus.vcpus, g_free);
    doc->vcpus.n_vcpus = 0;
    doc->vcpu.text = max;
    doc->vcpu.current = current;
    doc->vcpu.has_current = current != max;
}

static int check_number(unsigned int nvcpus, unsigned int max, const char *what)
{
    if (nvcpus <= max)
        return 0;
    test_error(INVALID_ARG, "requested cpu amount exceeds maximum %s(%u > %u)", what, nvcpus, max);
    return -1;
}

/* What the definitions concerned can have; -1 when that is less than is wanted. */
static int check_fits(const struct guest *guest, unsigned int nvcpus, unsigned int flags)
{
    unsigned int max = UINT_MAX;

    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (flags & VIR_DOMAIN_VCPU_MAXIMUM)
        return 0;
    if (flags & VIR_DOMAIN_AFFECT_CONFIG)
        max = guest->config->doc->vcpu.text;
    if (!(flags & VIR_DOMAIN_AFFECT_CONFIG) || flags & VIR_DOMAIN_AFFECT_LIVE)
        max = MIN(max, guest_doc(guest)->vcpu.text);
    return check_number(nvcpus, max, "");
}

int test_domainSetVcpusFlags(virDomainPtr domain, unsigned int nvcpus, unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, FLAGS, __func__) < 0)
        return -1;
    if (flags & VIR_DOMAIN_VCPU_GUEST)
        return agent_set_vcpus(domain, nvcpus, __func__);
    WITH_GUEST(domain, -1);
    if (check_number(nvcpus, VCPUS_MAX, "supported amount ") < 0 ||
        check_fits(guest, nvcpus, flags) < 0)
        return -1;
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++) {
        if (flags & VIR_DOMAIN_VCPU_MAXIMUM)
            set_vcpus(docs[i], nvcpus, MIN(nvcpus, vcpus_current(docs[i])));
        else
            set_vcpus(docs[i], docs[i]->vcpu.text, nvcpus);
    }
    return 0;
}

int test_domainSetVcpus(virDomainPtr domain, unsigned int nvcpus)
{
    return test_domainSetVcpusFlags(domain, nvcpus, VIR_DOMAIN_AFFECT_LIVE);
}

int test_domainGetVcpusFlags(virDomainPtr domain, unsigned int flags)
{
    const struct domain *doc;

    if (flags_check(flags, FLAGS, __func__) < 0)
        return -1;
    if (flags & VIR_DOMAIN_VCPU_GUEST)
        return agent_vcpus(domain, flags & VIR_DOMAIN_VCPU_MAXIMUM, __func__);
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    return flags & VIR_DOMAIN_VCPU_MAXIMUM ? doc->vcpu.text : vcpus_current(doc);
}

int test_domainGetMaxVcpus(virDomainPtr domain)
{
    return test_domainGetVcpusFlags(domain, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_VCPU_MAXIMUM);
}

/* The highest processor of the map: where the guest's is said to run. */
static int last_cpu(const unsigned char *map, size_t length)
{
    for (int cpu = length * 8 - 1; cpu >= 0; cpu--)
        if (VIR_CPU_USED(map, cpu))
            return cpu;
    return -1;
}

int test_domainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo,
                        unsigned char *cpumaps, int maplen)
{
    unsigned long long time = g_get_real_time() / 10;
    const struct domain *doc;
    int n;

    WITH_GUEST(domain, -1);
    if (!guest_active(guest)) {
        test_error(OPERATION_INVALID, "cannot list vcpus for an inactive domain");
        return -1;
    }
    doc = guest->live->doc;
    n = MIN((unsigned int)maxinfo, vcpus_current(doc));
    for (int i = 0; i < n; i++) {
        unsigned char map[PIN_BYTES];
        const char *cpuset = vcpu_cpuset(doc, i);

        pin_fill(cpuset, world->node.cpus, map, sizeof(map));
        if (info)
            info[i] = (virVcpuInfo){
                .number = i,
                .state = VIR_VCPU_RUNNING,
                .cpuTime = time,
                .cpu = last_cpu(map, sizeof(map)),
            };
        if (cpumaps)
            pin_fill(cpuset, world->node.cpus, cpumaps + (size_t)i * maplen, maplen);
    }
    return n;
}

/* Of a host that has been busy for a while, on two processors. */
#define BUSY_CPUS 2
#define BUSY_CPU_TIME 48772617035ULL
#define BUSY_VCPU_TIME 46303481255ULL

static int total_cpu_stats(virTypedParameterPtr params, unsigned int nparams)
{
    static const virTypedParameter total[] = {
        {VIR_DOMAIN_CPU_STATS_CPUTIME, VIR_TYPED_PARAM_ULLONG, {.ul = BUSY_CPU_TIME}},
        {VIR_DOMAIN_CPU_STATS_USERTIME, VIR_TYPED_PARAM_ULLONG, {.ul = 5540000000}},
        {VIR_DOMAIN_CPU_STATS_SYSTEMTIME, VIR_TYPED_PARAM_ULLONG, {.ul = 6460000000}},
    };
    unsigned int n = MIN(nparams, G_N_ELEMENTS(total));

    if (n)
        memcpy(params, total, n * sizeof(*total));
    return n ? n : G_N_ELEMENTS(total);
}

static int cpu_stats(virTypedParameterPtr params, unsigned int nparams, int start_cpu,
                     unsigned int ncpus)
{
    unsigned int n = MIN(nparams, 2);

    if (start_cpu < 0 || start_cpu >= BUSY_CPUS) {
        test_error(INVALID_ARG, "start_cpu in virDomainGetCPUStats must be -1 to %d, not %d",
                   BUSY_CPUS - 1, start_cpu);
        return -1;
    }
    for (unsigned int i = 0; i < ncpus && start_cpu + i < BUSY_CPUS; i++) {
        unsigned int cpu = start_cpu + i;
        const virTypedParameter each[] = {
            {VIR_DOMAIN_CPU_STATS_CPUTIME,
             VIR_TYPED_PARAM_ULLONG,
             {.ul = BUSY_CPU_TIME / BUSY_CPUS + cpu}},
            {VIR_DOMAIN_CPU_STATS_VCPUTIME,
             VIR_TYPED_PARAM_ULLONG,
             {.ul = BUSY_VCPU_TIME / BUSY_CPUS + cpu}},
        };

        memcpy(params + (size_t)i * nparams, each, n * sizeof(*each));
    }
    return n;
}

int test_domainGetCPUStats(virDomainPtr domain, virTypedParameterPtr params, unsigned int nparams,
                           int start_cpu, unsigned int ncpus, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    {
        WITH_ACTIVE_GUEST(domain, -1);
    }
    if (start_cpu == -1)
        return total_cpu_stats(params, nparams);
    if (!nparams)
        return ncpus ? 2 : BUSY_CPUS;
    return cpu_stats(params, nparams, start_cpu, ncpus);
}
