#include "core/conf/cpu/family.h"

#include "core/object/error.h"

static const struct cpu_family *const families[] = {
    &cpu_x86_family,
    &cpu_ppc64_family,
    &cpu_arm_family,
    &cpu_s390_family,
};

const struct cpu_family *cpu_family_of(enum cpu_arch arch)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        if (families[i]->arches >> arch & 1)
            return families[i];
    }
    error_set(VIR_FROM_CPU, VIR_ERR_NO_SUPPORT, "'%s' architecture is not supported by CPU driver",
              doc_word(&cpu_arch_words, arch));
    return NULL;
}

struct cpu *cpu_guest_new(const char *model, enum cpu_model_fallback fallback, const char *maker)
{
    struct cpu *cpu = g_new0(struct cpu, 1);

    cpu->mode = CPU_MODE_CUSTOM;
    cpu->match = CPU_MATCH_EXACT;
    cpu->model.text = g_strdup(model);
    cpu->model.fallback = fallback;
    cpu->vendor = g_strdup(maker);
    return cpu;
}

void cpu_say(struct cpu *cpu, const char *feature, enum cpu_features_policy policy)
{
    cpu->features = g_renew(struct cpu_features, cpu->features, cpu->n_features + 1);
    cpu->features[cpu->n_features++] =
        (struct cpu_features){.policy = policy, .name = g_strdup(feature)};
}

void cpu_error_unknown_model(const char *model)
{
    error_set(VIR_FROM_CPU, VIR_ERR_INTERNAL_ERROR, "Unknown CPU model %s", model);
}

void cpu_error_unknown_maker(const char *maker)
{
    error_set(VIR_FROM_CPU, VIR_ERR_OPERATION_FAILED, "Unknown CPU vendor %s", maker);
}
