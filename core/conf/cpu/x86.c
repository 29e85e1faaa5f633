#include "core/conf/cpu/x86.h"

#include "core/conf/cpu/family.h"
#include "core/object/error.h"

int x86_feature(const char *name)
{
    int feature = cpu_table_feature(&cpu_x86_table, name);

    if (feature < 0)
        error_set(VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Unknown CPU feature %s", name);
    return feature;
}

int x86_read(const struct cpu *cpu, const struct cpu_known **ret_model,
             struct cpu_set *ret_features)
{
    const struct cpu_known *model = cpu_table_model(&cpu_x86_table, cpu->model.text);
    struct cpu_set features;

    if (!model) {
        cpu_error_unknown_model(cpu->model.text);
        return -1;
    }
    features = model->features;
    for (size_t i = 0; i < cpu->n_features; i++) {
        int feature = x86_feature(cpu->features[i].name);

        if (feature < 0)
            return -1;
        cpu_set_add(&features, feature);
    }
    *ret_model = model;
    *ret_features = features;
    return 0;
}

const struct cpu_family cpu_x86_family = {
    .arches = 1ULL << CPU_ARCH_I686 | 1ULL << CPU_ARCH_X86_64,
    .table = &cpu_x86_table,
    .lists = true,
    .baseline = x86_baseline,
    .expand = x86_expand,
    .compare = x86_compare,
};
