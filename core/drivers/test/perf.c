/* Performance counters of guests. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/drivers/test/give.h"
#include "params_tables.h"

/* In the order in which they are given. */
static const char *const names[] = {
    VIR_PERF_PARAM_CMT,
    VIR_PERF_PARAM_MBMT,
    VIR_PERF_PARAM_MBML,
    VIR_PERF_PARAM_CPU_CYCLES,
    VIR_PERF_PARAM_INSTRUCTIONS,
    VIR_PERF_PARAM_CACHE_REFERENCES,
    VIR_PERF_PARAM_CACHE_MISSES,
    VIR_PERF_PARAM_BRANCH_INSTRUCTIONS,
    VIR_PERF_PARAM_BRANCH_MISSES,
    VIR_PERF_PARAM_BUS_CYCLES,
    VIR_PERF_PARAM_STALLED_CYCLES_FRONTEND,
    VIR_PERF_PARAM_STALLED_CYCLES_BACKEND,
    VIR_PERF_PARAM_REF_CPU_CYCLES,
    VIR_PERF_PARAM_CPU_CLOCK,
    VIR_PERF_PARAM_TASK_CLOCK,
    VIR_PERF_PARAM_PAGE_FAULTS,
    VIR_PERF_PARAM_CONTEXT_SWITCHES,
    VIR_PERF_PARAM_CPU_MIGRATIONS,
    VIR_PERF_PARAM_PAGE_FAULTS_MIN,
    VIR_PERF_PARAM_PAGE_FAULTS_MAJ,
    VIR_PERF_PARAM_ALIGNMENT_FAULTS,
    VIR_PERF_PARAM_EMULATION_FAULTS,
};

static struct domain_perf_events *find(const struct domain_perf *perf, const char *name)
{
    for (size_t i = 0; i < perf->n_events; i++)
        if (!strcmp(perf->events[i].name, name))
            return &perf->events[i];
    return NULL;
}

int test_domainGetPerfEvents(virDomainPtr domain, virTypedParameterPtr *params, int *nparams, unsigned int flags)
{
    params_auto_t list = {0};
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 || affects_one(flags) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct domain_perf_events *event = find(&doc->perf, names[i]);

        params_add_bool(&list, event && event->enabled == TRISTATE_YES, "%s", names[i]);
    }
    return params_steal(&list, params, nparams);
}

static void set(struct domain_perf *perf, const char *name, bool enabled)
{
    struct domain_perf_events *event = find(perf, name);

    if (!event) {
        perf->events = g_renew(struct domain_perf_events, perf->events, perf->n_events + 1);
        event = &perf->events[perf->n_events++];
        event->name = g_strdup(name);
    }
    event->enabled = enabled ? TRISTATE_YES : TRISTATE_NO;
}

int test_domainSetPerfEvents(virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags)
{
    struct domain *docs[2];
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 ||
        params_validate(params, nparams, virPerf_rules, G_N_ELEMENTS(virPerf_rules), 0) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < nparams; k++)
            set(&docs[i]->perf, params[k].field, params[k].value.b);
    return n < 0 ? -1 : 0;
}
