#include "core/conf/cpu/hooks.h"
#include "conf/cpu_doc.h"

#include <corral/corral.h>

/* A feature that is only named is one that a guest needs, and one that a host has. */
static void set_policies(struct cpu *cpu, bool guest)
{
    for (size_t i = 0; i < cpu->n_features; i++) {
        if (!guest)
            cpu->features[i].policy = 0;
        else if (!cpu->features[i].policy)
            cpu->features[i].policy = CPU_FEATURES_POLICY_REQUIRE;
    }
}

static int check_model(const struct cpu *cpu, const struct doc_call *call)
{
    if (cpu->model.text || (cpu->mode && cpu->mode != CPU_MODE_CUSTOM))
        return 0;
    if (cpu->vendor && !cpu->arch) {
        doc_error(call, VIR_ERR_XML_ERROR, "CPU vendor specified without CPU model");
        return -1;
    }
    if (cpu->n_features > 0 && !cpu->arch) {
        doc_error(call, VIR_ERR_XML_ERROR, "Non-empty feature list specified without CPU model");
        return -1;
    }
    return 0;
}

static int check_features(const struct cpu *cpu, const struct doc_call *call)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < cpu->n_features; i++) {
        if (g_hash_table_add(names, cpu->features[i].name))
            continue;
        doc_error(call, VIR_ERR_XML_ERROR, "CPU feature '%s' specified more than once",
                  cpu->features[i].name);
        return -1;
    }
    return 0;
}

int cpu_hook_processor(void *part, const struct doc_call *call)
{
    struct cpu *cpu = part;

    set_policies(cpu, cpu->mode || cpu->match);
    if (check_features(cpu, call) < 0)
        return -1;
    return check_model(cpu, call);
}
