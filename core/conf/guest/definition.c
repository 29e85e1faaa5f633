#include "core/conf/guest/definition.h"

#include "core/object/error.h"

struct definition *definition_new(struct domain *doc)
{
    struct definition *definition = g_new(struct definition, 1);

    definition->refs = 1;
    definition->doc = doc;
    return definition;
}

struct definition *definition_ref(struct definition *definition)
{
    if (definition)
        __atomic_add_fetch(&definition->refs, 1, __ATOMIC_RELAXED);
    return definition;
}

void definition_unref(struct definition *definition)
{
    if (!definition || __atomic_sub_fetch(&definition->refs, 1, __ATOMIC_ACQ_REL))
        return;
    domain_free(definition->doc);
    g_free(definition);
}

/* References are only added with the lock held, so the only one is ours for good. */
struct domain *definition_edit(struct definition **definition)
{
    struct definition *old = *definition;

    if (__atomic_load_n(&old->refs, __ATOMIC_ACQUIRE) > 1) {
        *definition = definition_new(domain_copy(old->doc));
        definition_unref(old);
    }
    return (*definition)->doc;
}

int definitions_check(const struct definitions *pair, unsigned int flags)
{
    if (flags & VIR_DOMAIN_AFFECT_LIVE && !*pair->live) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
        return -1;
    }
    if (flags & VIR_DOMAIN_AFFECT_CONFIG && !*pair->config) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID,
                  "transient domains do not have any persistent config");
        return -1;
    }
    return 0;
}

struct definition *definitions_get(const struct definitions *pair, unsigned int flags)
{
    if (definitions_check(pair, flags) < 0)
        return NULL;
    return flags & VIR_DOMAIN_AFFECT_CONFIG || !*pair->live ? *pair->config : *pair->live;
}

int definitions_edit(const struct definitions *pair, unsigned int flags, struct domain *docs[2])
{
    int n = 0;

    if (definitions_check(pair, flags) < 0)
        return -1;
    if (!(flags & AFFECT_FLAGS))
        flags = *pair->live ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
    if (flags & VIR_DOMAIN_AFFECT_LIVE)
        docs[n++] = definition_edit(pair->live);
    if (flags & VIR_DOMAIN_AFFECT_CONFIG)
        docs[n++] = definition_edit(pair->config);
    return n;
}

int affects_one(unsigned int flags)
{
    if ((flags & AFFECT_FLAGS) != AFFECT_FLAGS)
        return 0;
    error_set_argument(
        VIR_FROM_DOMAIN, "flags", "",
        "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive");
    return -1;
}
