/* Every feature by its name, not only what a model does not say already. */
#include "core/conf/cpu/x86.h"

#include "core/conf/cpu/family.h"

#include <string.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct cpu_features *)a)->name, ((const struct cpu_features *)b)->name);
}

/* The features that the document speaks of, whatever it says. */
static struct cpu_set mentioned(const struct cpu *cpu)
{
    struct cpu_set set = {{0}};

    for (size_t i = 0; i < cpu->n_features; i++) {
        int feature = cpu_table_feature(&cpu_x86_table, cpu->features[i].name);

        if (feature >= 0)
            cpu_set_add(&set, feature);
    }
    return set;
}

void x86_expand(struct cpu *cpu)
{
    const struct cpu_known *model = cpu_table_model(&cpu_x86_table, cpu->model.text);
    struct cpu_set rest = cpu_set_less(model->features, mentioned(cpu));

    for (unsigned i = 0; i < cpu_x86_table.n_features; i++) {
        if (cpu_set_has(&rest, i))
            cpu_say(cpu, cpu_x86_table.features[i].name, CPU_FEATURES_POLICY_REQUIRE);
    }
    qsort(cpu->features, cpu->n_features, sizeof(*cpu->features), by_name);
}
