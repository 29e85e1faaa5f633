/* POWER: a model is one generation, which runs nothing but itself. */
#include "core/conf/cpu/family.h"

#include "core/object/error.h"

static const struct cpu_table *const table = &cpu_ppc64_table;

/* -1 with an error unless the maker, if there is one, is known and the model's own. */
static int check_maker(const struct cpu_known *model, const char *maker)
{
    if (!maker)
        return 0;
    if (!cpu_table_maker(table, maker)) {
        cpu_error_unknown_maker(maker);
        return -1;
    }
    if (!g_str_equal(model->maker->name, maker)) {
        error_set(VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED,
                  "CPU vendor %s of model %s differs from vendor %s", model->maker->name,
                  model->name, maker);
        return -1;
    }
    return 0;
}

static struct cpu *baseline(struct cpu *const *hosts, size_t n_hosts, bool migratable)
{
    const struct cpu_known *model = cpu_table_model(table, hosts[0]->model.text);

    if (!model) {
        cpu_error_unknown_model(hosts[0]->model.text);
        return NULL;
    }
    for (size_t i = 0; i < n_hosts; i++) {
        if (!g_str_equal(hosts[i]->model.text, model->name)) {
            error_set(VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED, "CPUs are incompatible");
            return NULL;
        }
        if (check_maker(model, hosts[i]->vendor) < 0)
            return NULL;
    }
    return cpu_guest_new(model->name, CPU_MODEL_FALLBACK_FORBID, NULL);
}

const struct cpu_family cpu_ppc64_family = {
    .arches = 1ULL << CPU_ARCH_PPC64 | 1ULL << CPU_ARCH_PPC64LE,
    .table = &cpu_ppc64_table,
    .lists = true,
    .baseline = baseline,
};
