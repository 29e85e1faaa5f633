#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <stdlib.h>

#define SHARES_MIN 2
#define SHARES_MAX 262144
#define PERIOD_MIN 1000
#define PERIOD_MAX 1000000
#define QUOTA_MIN 1000
#define QUOTA_MAX 17592186044415LL

static int check_period(unsigned long long period, const char *name, const struct doc_call *call)
{
    if (!period || (period >= PERIOD_MIN && period <= PERIOD_MAX))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "Value of cputune '%s' must be in range [%d, %d]",
              name, PERIOD_MIN, PERIOD_MAX);
    return -1;
}

static int check_shares(unsigned long long shares, const struct doc_call *call)
{
    if (!shares || (shares >= SHARES_MIN && shares <= SHARES_MAX))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "Value of cputune 'shares' must be in range [%d, %d]", SHARES_MIN, SHARES_MAX);
    return -1;
}

/* Below zero there is no quota. */
static int check_quota(long long quota, const char *name, const struct doc_call *call)
{
    if (quota <= 0 || (quota >= QUOTA_MIN && quota <= QUOTA_MAX))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "Value of cputune '%s' must be in range [%d, %lld]",
              name, QUOTA_MIN, QUOTA_MAX);
    return -1;
}

/* ---- schedulers: one entry for each processor or thread */

/* The two lists have items of the same make: a set, and how it is scheduled. */
G_STATIC_ASSERT(sizeof(struct domain_cputune_vcpuscheds) ==
                sizeof(struct domain_cputune_iothreadscheds));

static int compare_scheds(const void *a, const void *b)
{
    const struct domain_cputune_vcpuscheds *x = a, *y = b;
    unsigned long i = strtoul(x->vcpus, NULL, 10), j = strtoul(y->vcpus, NULL, 10);

    return (i > j) - (i < j);
}

static struct domain_cputune_vcpuscheds *split_scheds(struct domain_cputune_vcpuscheds *items,
                                                      size_t n, size_t *ret_n)
{
    struct domain_cputune_vcpuscheds *all = NULL;
    size_t n_all = 0;

    for (size_t i = 0; i < n; i++) {
        struct cpu_set set;

        if (cpu_set_parse(&set, items[i].vcpus) < 0)
            continue;
        for (unsigned cpu = 0; cpu < CPU_SET_SIZE; cpu++) {
            struct domain_cputune_vcpuscheds *one;

            if (!cpu_set_has(&set, cpu))
                continue;
            one = LIST_APPEND(all, n_all);
            *one = items[i];
            one->vcpus = g_strdup_printf("%u", cpu);
        }
    }
    for (size_t i = 0; i < n; i++)
        g_free(items[i].vcpus);
    g_free(items);
    if (n_all)
        qsort(all, n_all, sizeof(*all), compare_scheds);
    *ret_n = n_all;
    return all;
}

static int check_overlap(const struct domain_cputune_vcpuscheds *items, size_t n,
                         const char *element, const char *attribute, const struct doc_call *call)
{
    struct cpu_set all = {0};

    for (size_t i = 0; i < n; i++) {
        struct cpu_set set;

        if (cpu_set_parse(&set, items[i].vcpus) < 0)
            continue;
        if (cpu_set_overlap(&set, &all)) {
            doc_error(call, VIR_ERR_XML_DETAIL, "'%s' attributes '%s' must not overlap", element,
                      attribute);
            return -1;
        }
        cpu_set_add(&all, &set);
    }
    return 0;
}

static int complete_scheds(struct domain_cputune *tune, const struct doc_call *call)
{
    struct domain_cputune_vcpuscheds *threads = (void *)tune->iothreadscheds;

    if (check_overlap(tune->vcpuscheds, tune->n_vcpuscheds, "vcpusched", "vcpus", call) < 0 ||
        check_overlap(threads, tune->n_iothreadscheds, "iothreadsched", "iothreads", call) < 0)
        return -1;
    tune->vcpuscheds = split_scheds(tune->vcpuscheds, tune->n_vcpuscheds, &tune->n_vcpuscheds);
    tune->iothreadscheds =
        (void *)split_scheds(threads, tune->n_iothreadscheds, &tune->n_iothreadscheds);
    return 0;
}

int domain_hook_cputune(void *part, const struct doc_call *call)
{
    struct domain_cputune *tune = part;

    if (check_shares(tune->shares, call) < 0 || check_period(tune->period, "period", call) < 0 ||
        check_quota(tune->quota, "quota", call) < 0 ||
        check_period(tune->global_period, "global_period", call) < 0 ||
        check_quota(tune->global_quota, "global_quota", call) < 0 ||
        check_period(tune->emulator_period, "emulator_period", call) < 0 ||
        check_quota(tune->emulator_quota, "emulator_quota", call) < 0 ||
        check_period(tune->iothread_period, "iothread_period", call) < 0 ||
        check_quota(tune->iothread_quota, "iothread_quota", call) < 0)
        return -1;
    return complete_scheds(tune, call);
}

/* Pins of processors that are not there are forgotten, schedulers for them are a mistake. */
int domain_complete_cputune(struct domain *def, const struct doc_call *call)
{
    struct domain_cputune *tune = &def->cputune;
    size_t kept = 0;

    for (size_t i = 0; i < tune->n_vcpuscheds; i++) {
        unsigned id = (unsigned)strtoul(tune->vcpuscheds[i].vcpus, NULL, 10);

        if (id >= def->vcpu.text) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "vCPU '%u' is not present in domain definition", id);
            return -1;
        }
    }
    for (size_t i = 0; i < tune->n_vcpupins; i++) {
        if (tune->vcpupins[i].vcpu < def->vcpu.text)
            tune->vcpupins[kept++] = tune->vcpupins[i];
        else
            g_free(tune->vcpupins[i].cpuset);
    }
    tune->n_vcpupins = kept;
    return 0;
}
