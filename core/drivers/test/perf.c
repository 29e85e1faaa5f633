/* Performance counters of guests. */
#include "core/drivers/test/domain.h"

#include "core/object/params_give.h"
#include "params_tables.h"

static struct domain_perf_events *find(const struct domain_perf *perf, unsigned name)
{
    for (size_t i = 0; i < perf->n_events; i++)
        if (perf->events[i].name == name)
            return &perf->events[i];
    return NULL;
}

int test_domainGetPerfEvents(virDomainPtr domain, virTypedParameterPtr *params, int *nparams,
                             unsigned int flags)
{
    params_auto_t list = {0};
    const struct domain *doc;

    if (flags_check(flags, AFFECT_FLAGS | VIR_TYPED_PARAM_STRING_OKAY, __func__) < 0 ||
        affects_one(flags) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    doc = guest_affected(guest, flags);
    if (!doc)
        return -1;
    for (unsigned name = 1; name < domain_perf_event_words.n_names; name++) {
        const struct domain_perf_events *event = find(&doc->perf, name);

        params_add_bool(&list, event && event->enabled == TRISTATE_YES, "%s",
                        doc_word(&domain_perf_event_words, name));
    }
    return params_steal(&list, params, nparams);
}

static void set(struct domain_perf *perf, unsigned name, bool enabled)
{
    struct domain_perf_events *event = find(perf, name);

    if (!event) {
        perf->events = g_renew(struct domain_perf_events, perf->events, perf->n_events + 1);
        event = &perf->events[perf->n_events++];
        event->name = name;
    }
    event->enabled = enabled ? TRISTATE_YES : TRISTATE_NO;
}

int test_domainSetPerfEvents(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                             unsigned int flags)
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
            set(&docs[i]->perf, doc_word_value(&domain_perf_event_words, params[k].field),
                params[k].value.b);
    return n < 0 ? -1 : 0;
}
