/* Chosen processors of guests, plugged in and pulled out. */
#include "core/drivers/test/vcpu.h"

#include <string.h>

int vcpu_list(const char *text, unsigned int *bits)
{
    unsigned char map[VCPUS_MAX / 8];

    if (doc_cpuset_parse(text, map, sizeof(map)) < 0) {
        test_error(INVALID_ARG, "invalid list of processors '%s': numbers from 0 to %d are wanted",
                   text, VCPUS_MAX - 1);
        return -1;
    }
    *bits = 0;
    for (int i = 0; i < VCPUS_MAX; i++)
        if (VIR_CPU_USED(map, i))
            *bits |= 1U << i;
    if (*bits)
        return 0;
    test_error(INVALID_ARG, "no processors selected by '%s'", text);
    return -1;
}

/* Those in use, a bit each: the first ones, unless the document lists them. */
static unsigned int plugged(const struct domain *doc)
{
    unsigned int bits = 0;

    if (!doc->vcpus.n_vcpus)
        return (1ULL << vcpus_current(doc)) - 1;
    for (size_t i = 0; i < doc->vcpus.n_vcpus; i++)
        if (doc->vcpus.vcpus[i].enabled == TRISTATE_YES)
            bits |= 1U << doc->vcpus.vcpus[i].id;
    return bits;
}

static int check_plug(const struct domain *doc, unsigned int wanted, bool state, const char *which)
{
    unsigned int now = plugged(doc);

    for (unsigned int i = 0; i < VCPUS_MAX; i++) {
        if (!(wanted & 1U << i))
            continue;
        if (i >= doc->vcpu.text) {
            test_error(INVALID_ARG, "vcpu %u is not present in %s config: there are %u", i, which,
                       doc->vcpu.text);
            return -1;
        }
        if (!i && !state) {
            test_error(INVALID_ARG, "vCPU '0' must be enabled");
            return -1;
        }
        if (state == (bool)(now & 1U << i)) {
            test_error(INVALID_ARG, "vcpu '%u' is already in requested state", i);
            return -1;
        }
    }
    return 0;
}

static void plug(struct domain *doc, unsigned int wanted, bool state)
{
    unsigned int bits = state ? plugged(doc) | wanted : plugged(doc) & ~wanted;

    g_free(doc->vcpus.vcpus);
    doc->vcpus.n_vcpus = doc->vcpu.text;
    doc->vcpus.vcpus = g_new0(struct domain_vcpus_vcpus, doc->vcpu.text);
    for (unsigned int i = 0; i < doc->vcpu.text; i++)
        doc->vcpus.vcpus[i] = (struct domain_vcpus_vcpus){
            .id = i,
            .enabled = bits & 1U << i ? TRISTATE_YES : TRISTATE_NO,
            .hotpluggable = i ? TRISTATE_YES : TRISTATE_NO,
        };
    doc->vcpu.current = __builtin_popcount(bits);
    doc->vcpu.has_current = doc->vcpu.current != doc->vcpu.text;
}

int test_domainSetVcpu(virDomainPtr domain, const char *vcpumap, int state, unsigned int flags)
{
    struct domain *docs[2];
    unsigned int wanted;
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || vcpu_list(vcpumap, &wanted) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_check_affected(guest, flags) < 0)
        return -1;
    if (!(flags & AFFECT_FLAGS))
        flags = guest_active(guest) ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
    if ((flags & VIR_DOMAIN_AFFECT_LIVE &&
         check_plug(guest->live->doc, wanted, state, "live") < 0) ||
        (flags & VIR_DOMAIN_AFFECT_CONFIG &&
         check_plug(guest->config->doc, wanted, state, "persistent") < 0))
        return -1;
    n = guest_edit(guest, flags, docs);
    for (int i = 0; i < n; i++)
        plug(docs[i], wanted, state);
    return 0;
}
