/* What is known about processors: features, makers and models. The tables are generated from
 * api/cpu. */
#pragma once

#include "conf/cpu_doc.h"
#include "conf/cpu_tables.h"
#include "core/conf/cpu/set.h"

enum cpu_where {
    CPU_NOWHERE,
    CPU_IN_EAX,
    CPU_IN_EBX,
    CPU_IN_ECX,
    CPU_IN_EDX,
    CPU_IN_MSR, /* `leaf` is the register's number */
};

struct cpu_maker {
    const char *name, *reads; /* `reads`: the letters of leaf 0 */
    unsigned number;
};

struct cpu_feature {
    const char *name;
    const char *qemu, *linux_name; /* other names there, separated by blanks; NULL for none */
    uint32_t leaf, subleaf;
    uint8_t where, bit;
    bool stays; /* a guest that has it cannot migrate */
};

/* Family, model and stepping, as a processor tells them. */
struct cpu_stamp {
    uint16_t family, model;
    uint8_t first, last; /* steppings */
};

struct cpu_version {
    uint32_t value, mask;
};

struct cpu_known {
    const char *name;
    const struct cpu_maker *maker; /* NULL: anybody's */
    const struct cpu_stamp *stamps;
    const struct cpu_version *versions;
    unsigned n_stamps, n_versions;
    bool for_host, for_guest; /* whom it may be chosen for when a model is looked for */
    struct cpu_set features;
    struct cpu_set had; /* once part of the model: to be mentioned, as hypervisors disagree */
};

struct cpu_table {
    uint64_t arches; /* bits by enum cpu_arch */
    const struct cpu_maker *makers;
    const struct cpu_feature *features;
    const struct cpu_known *models; /* older ones first */
    unsigned n_makers, n_features, n_models;
    const uint16_t *feature_slots, *model_slots;
    unsigned feature_mask, model_mask;
};

extern const struct cpu_table cpu_x86_table, cpu_ppc64_table, cpu_arm_table;

/* By name; NULL, or -1, without an error. */
const struct cpu_known *cpu_table_model(const struct cpu_table *table, const char *name);
const struct cpu_maker *cpu_table_maker(const struct cpu_table *table, const char *name);
int cpu_table_feature(const struct cpu_table *table, const char *name);
