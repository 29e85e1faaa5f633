/* Architectures that compute alike, and what each of them can. */
#pragma once

#include "core/conf/cpu/tables.h"
#include "core/base/export.h"

struct cpu_family {
    uint64_t arches;               /* bits by enum cpu_arch */
    const struct cpu_table *table; /* NULL: nothing is known about models */
    bool lists;                    /* guests may name the table's models and no others */

    /* NULL: not possible for the family. The hosts are one or more, with a model each. */
    struct cpu *(*baseline)(struct cpu *const *hosts, size_t n_hosts, bool migratable);
    void (*expand)(struct cpu *cpu);
    /* A virCPUCompareResult, and when it does not fit what is wrong. NULL: names are compared. */
    int (*compare)(const struct cpu *host, const struct cpu *cpu, char **ret_why);
};

extern const struct cpu_family cpu_x86_family, cpu_ppc64_family, cpu_arm_family, cpu_s390_family;

/* NULL with VIR_ERR_NO_SUPPORT. */
CORRAL_PRIVATE const struct cpu_family *cpu_family_of(enum cpu_arch arch);

/* A guest's processor of this model, with no features said yet. */
CORRAL_PRIVATE struct cpu *cpu_guest_new(const char *model, enum cpu_model_fallback fallback,
                                         const char *maker);
/* Appends a feature. */
CORRAL_PRIVATE void cpu_say(struct cpu *cpu, const char *feature, enum cpu_features_policy policy);

CORRAL_PRIVATE void cpu_error_unknown_model(const char *model);
CORRAL_PRIVATE void cpu_error_unknown_maker(const char *maker);
