/* ARM and S/390: their emulators know the models, we do not judge them. */
#include "core/conf/cpu/family.h"

#include <corral/corral.h>

/* The first host speaks for all: what a model means is the emulator's affair. */
static struct cpu *baseline(struct cpu *const *hosts, size_t n_hosts, bool migratable)
{
    return cpu_guest_new(hosts[0]->model.text, CPU_MODEL_FALLBACK_ALLOW, NULL);
}

const struct cpu_family cpu_arm_family = {
    .arches = 1ULL << CPU_ARCH_ARMV6L | 1ULL << CPU_ARCH_ARMV7L | 1ULL << CPU_ARCH_ARMV7B |
              1ULL << CPU_ARCH_AARCH64,
    .table = &cpu_arm_table,
    .baseline = baseline,
};

const struct cpu_family cpu_s390_family = {
    .arches = 1ULL << CPU_ARCH_S390 | 1ULL << CPU_ARCH_S390X,
};
