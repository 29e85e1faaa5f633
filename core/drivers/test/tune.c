/* Shares and limits of guests: scheduler, memory, NUMA, performance counters. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/object/params_give.h"
#include "params_tables.h"

char *test_domainGetSchedulerType(virDomainPtr domain, int *nparams)
{
    WITH_GUEST(domain, NULL);
    if (nparams)
        *nparams = 1;
    return g_strdup("fair");
}

int test_domainGetSchedulerParametersFlags(virDomainPtr domain, virTypedParameterPtr params,
                                           int *nparams, unsigned int flags)
{
    params_auto_t list = {0};

    if (flags_check(flags, VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    params_add_uint(&list, guest->weight, VIR_DOMAIN_SCHEDULER_WEIGHT);
    return params_give(&list, params, nparams);
}

int test_domainGetSchedulerParameters(virDomainPtr domain, virTypedParameterPtr params,
                                      int *nparams)
{
    return test_domainGetSchedulerParametersFlags(domain, params, nparams, 0);
}

int test_domainSetSchedulerParametersFlags(virDomainPtr domain, virTypedParameterPtr params,
                                           int nparams, unsigned int flags)
{
    static const struct params_rule rules[] = {
        {VIR_DOMAIN_SCHEDULER_WEIGHT, VIR_TYPED_PARAM_UINT, FALSE}};

    if (flags_check(flags, 0, __func__) < 0 ||
        params_validate(params, nparams, rules, G_N_ELEMENTS(rules), 0) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    params_get_uint(params, nparams, VIR_DOMAIN_SCHEDULER_WEIGHT, &guest->weight);
    return 0;
}

int test_domainSetSchedulerParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams)
{
    return test_domainSetSchedulerParametersFlags(domain, params, nparams, 0);
}

static unsigned long long limit_or_none(bool has, unsigned long long limit)
{
    return has ? limit : VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;
}

int test_domainGetMemoryParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams,
                                   unsigned int flags)
{
    const struct domain_memtune *tune;
    params_auto_t list = {0};
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 ||
        affects_one(flags) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    tune = &doc->memtune;
    params_add_ullong(&list, limit_or_none(tune->has_hard_limit, tune->hard_limit),
                      VIR_DOMAIN_MEMORY_HARD_LIMIT);
    params_add_ullong(&list, limit_or_none(tune->has_soft_limit, tune->soft_limit),
                      VIR_DOMAIN_MEMORY_SOFT_LIMIT);
    params_add_ullong(&list, limit_or_none(tune->has_swap_hard_limit, tune->swap_hard_limit),
                      VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT);
    return params_give(&list, params, nparams);
}

static void set_limit(virTypedParameterPtr params, int nparams, const char *name,
                      unsigned long long *limit, bool *has)
{
    if (params_get_ullong(params, nparams, name, limit))
        *has = *limit < VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;
}

int test_domainSetMemoryParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                   unsigned int flags)
{
    static const struct params_rule rules[] = {
        {VIR_DOMAIN_MEMORY_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG, FALSE},
        {VIR_DOMAIN_MEMORY_SOFT_LIMIT, VIR_TYPED_PARAM_ULLONG, FALSE},
        {VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG, FALSE},
    };
    struct domain_memtune tune;
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || affects_one(flags) < 0 ||
        params_validate(params, nparams, rules, G_N_ELEMENTS(rules), 0) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    tune = doc->memtune;
    set_limit(params, nparams, VIR_DOMAIN_MEMORY_HARD_LIMIT, &tune.hard_limit,
              &tune.has_hard_limit);
    set_limit(params, nparams, VIR_DOMAIN_MEMORY_SOFT_LIMIT, &tune.soft_limit,
              &tune.has_soft_limit);
    set_limit(params, nparams, VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, &tune.swap_hard_limit,
              &tune.has_swap_hard_limit);
    if (tune.has_swap_hard_limit &&
        limit_or_none(tune.has_hard_limit, tune.hard_limit) > tune.swap_hard_limit) {
        test_error(
            INVALID_ARG,
            "memory hard_limit tunable value must be lower than or equal to swap_hard_limit (%llu)",
            tune.swap_hard_limit);
        return -1;
    }
    guest_edit_one(guest, flags)->memtune = tune;
    return 0;
}

/* The numbers of the modes in parameters begin at 0, those of the documents at 1. */
int test_domainGetNumaParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams,
                                 unsigned int flags)
{
    const struct domain_numatune_memory *tune;
    params_auto_t list = {0};
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 ||
        affects_one(flags) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    tune = &doc->numatune.memory;
    params_add_int(&list, tune->mode ? (int)tune->mode - 1 : VIR_DOMAIN_NUMATUNE_MEM_STRICT,
                   VIR_DOMAIN_NUMA_MODE);
    params_add_string(&list, tune->nodeset ? tune->nodeset : "", VIR_DOMAIN_NUMA_NODESET);
    return params_give(&list, params, nparams);
}

static int check_numa(const virTypedParameter *mode, const virTypedParameter *nodeset)
{
    unsigned char map[64];
    bool none = true;

    if (mode && (mode->value.i < 0 || mode->value.i >= VIR_DOMAIN_NUMATUNE_MEM_LAST)) {
        test_error(INVALID_ARG, "unsupported numatune mode: '%d': it is 0 to %d", mode->value.i,
                   VIR_DOMAIN_NUMATUNE_MEM_LAST - 1);
        return -1;
    }
    if (!nodeset)
        return 0;
    if (doc_cpuset_parse(nodeset->value.s, map, sizeof(map)) == 0)
        for (size_t i = 0; i < sizeof(map); i++)
            none = none && !map[i];
    if (!none)
        return 0;
    test_error(INVALID_ARG, "Failed to parse bitmap '%s': a list of nodes like 0-3,^2 is wanted",
               nodeset->value.s);
    return -1;
}

int test_domainSetNumaParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                 unsigned int flags)
{
    virTypedParameterPtr mode = params_find(params, nparams, VIR_DOMAIN_NUMA_MODE);
    virTypedParameterPtr nodeset = params_find(params, nparams, VIR_DOMAIN_NUMA_NODESET);
    struct domain_numatune_memory *tune;
    struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || affects_one(flags) < 0 ||
        params_validate(params, nparams, virDomainNuma_rules, G_N_ELEMENTS(virDomainNuma_rules),
                        0) < 0 ||
        check_numa(mode, nodeset) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (mode && guest_active(guest) && !(flags & VIR_DOMAIN_AFFECT_CONFIG) &&
        guest->live->doc->numatune.memory.mode &&
        guest->live->doc->numatune.memory.mode != (unsigned int)mode->value.i + 1) {
        test_error(OPERATION_INVALID, "can't change numatune mode for running domain");
        return -1;
    }
    doc = guest_edit_one(guest, flags);
    tune = &doc->numatune.memory;
    tune->mode = mode ? (unsigned int)mode->value.i + 1
                      : MAX(tune->mode, DOMAIN_NUMATUNE_MEMORY_MODE_STRICT);
    if (nodeset) {
        g_free(tune->nodeset);
        tune->nodeset = g_strdup(nodeset->value.s);
    }
    return 0;
}
