#include "core/conf/cpu/baseline.h"

#include "core/conf/cpu/family.h"
#include "core/conf/cpu/host.h"
#include "core/object/error.h"

static GPtrArray *read_hosts(const char *const *xml, unsigned n_xml)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_free);

    if (n_xml == 0) {
        error_set(VIR_FROM_CPU, VIR_ERR_INVALID_ARG, "no CPUs given");
        return NULL;
    }
    for (unsigned i = 0; i < n_xml; i++) {
        struct cpu *host = cpu_parse(xml[i], &cpu_host_context, 0);

        if (!host)
            return NULL;
        g_ptr_array_add(hosts, host);
        if (cpu_require_host(host) < 0)
            return NULL;
    }
    return g_steal_pointer(&hosts);
}

char *cpu_baseline(const char *const *xml, unsigned n_xml, unsigned flags)
{
    g_autoptr(GPtrArray) hosts = read_hosts(xml, n_xml);
    bool migratable = flags & VIR_CONNECT_BASELINE_CPU_MIGRATABLE;
    const struct cpu_family *family;
    struct cpu *const *first;
    struct cpu *guest;
    char *text;

    if (!hosts)
        return NULL;
    first = (struct cpu *const *)hosts->pdata;
    family = cpu_family_of(first[0]->arch);
    if (!family)
        return NULL;
    if (!family->baseline) {
        error_set(VIR_FROM_CPU, VIR_ERR_NO_SUPPORT,
                  "cannot compute baseline CPU of %s architecture",
                  doc_word(&cpu_arch_words, first[0]->arch));
        return NULL;
    }
    guest = family->baseline(first, n_xml, migratable);
    if (!guest)
        return NULL;
    if (flags & VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES && family->expand)
        family->expand(guest);
    text = cpu_format(guest, 0);
    cpu_free(guest);
    return text;
}
