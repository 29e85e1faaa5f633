/* The chain of a filter, and its place among the others. */
#include "core/conf/nwfilter/hooks.h"
#include "conf/nwfilter_doc.h"

#include <corral/corral.h>
#include <string.h>

static const struct {
    const char *prefix;
    int priority;
} chains[] = {
    {"stp", 0},     {"mac", -800}, {"vlan", -750}, {"ipv4", -700},
    {"ipv6", -600}, {"arp", -500}, {"rarp", -400},
};

static int refuse_chain(const struct nwfilter *def, const struct doc_call *call)
{
    doc_error(call, VIR_ERR_INVALID_ARG,
              "Invalid chain name '%s'. Please use a chain name called 'root' or any of the "
              "following prefixes: mac, vlan, stp, arp, rarp, ipv4, ipv6",
              def->chain);
    return -1;
}

static int set_priority(struct nwfilter *def, const struct doc_call *call)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(chains); i++) {
        if (!g_str_has_prefix(def->chain, chains[i].prefix))
            continue;
        if (!def->has_priority)
            def->priority = chains[i].priority;
        /* 0 is said where it is not what the chain has anyway. */
        def->has_priority = def->priority != 0 || chains[i].priority != 0;
        return 0;
    }
    if (strcmp(def->chain, "root") == 0) {
        def->has_priority = def->priority != 0;
        return 0;
    }
    if (!g_str_has_prefix(def->chain, "root"))
        return refuse_chain(def, call);
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "the chain 'root' has no others beside it: '%s'",
              def->chain);
    return -1;
}

int nwfilter_hook_filter(void *part, const struct doc_call *call)
{
    struct nwfilter *def = part;

    if (def->chain)
        return set_priority(def, call);
    def->chain = g_strdup("root");
    def->priority = 0;
    def->has_priority = false;
    return 0;
}
