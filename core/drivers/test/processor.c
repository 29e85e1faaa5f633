/* Processors: what the tables know, and the host's, which a node's description may name. */
#include "core/drivers/test/domain.h"

#include "core/conf/cpu/baseline.h"
#include "core/conf/cpu/compare.h"
#include "core/conf/cpu/names.h"
#include "core/conf/cpu/tables.h"
#include "core/drivers/test/kind.h"

#define BASELINE_FLAGS                                                                             \
    (VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES | VIR_CONNECT_BASELINE_CPU_MIGRATABLE)
#define COMPARE_FLAGS                                                                              \
    (VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE | VIR_CONNECT_COMPARE_CPU_VALIDATE_XML)

char *test_connectBaselineCPU(virConnectPtr conn, const char **xmlCPUs, unsigned int ncpus,
                              unsigned int flags)
{
    if (flags_check(flags, BASELINE_FLAGS, __func__) < 0)
        return NULL;
    return cpu_baseline(xmlCPUs, ncpus, flags);
}

char *test_connectBaselineHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch,
                                        const char *machine, const char *virttype,
                                        const char **xmlCPUs, unsigned int ncpus,
                                        unsigned int flags)
{
    if (flags_check(flags, BASELINE_FLAGS, __func__) < 0 ||
        kind_check(emulator, arch, machine, virttype) < 0)
        return NULL;
    return cpu_baseline(xmlCPUs, ncpus, flags);
}

/* A node of a model that nobody knows has a processor that fits nothing. */
static int compare(virConnectPtr conn, const char *xml, unsigned int flags)
{
    virNodeInfoPtr node = &world_of(conn)->node;
    struct cpu host = {.arch = CPU_ARCH_I686};

    if (cpu_table_model(&cpu_x86_table, node->model))
        host.model.text = node->model;
    return cpu_compare(&host, xml, flags);
}

int test_connectCompareCPU(virConnectPtr conn, const char *xmlDesc, unsigned int flags)
{
    if (flags_check(flags, COMPARE_FLAGS, __func__) < 0)
        return VIR_CPU_COMPARE_ERROR;
    return compare(conn, xmlDesc, flags);
}

int test_connectCompareHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch,
                                     const char *machine, const char *virttype, const char *xmlCPU,
                                     unsigned int flags)
{
    if (flags_check(flags, COMPARE_FLAGS, __func__) < 0 ||
        kind_check(emulator, arch, machine, virttype) < 0)
        return VIR_CPU_COMPARE_ERROR;
    return compare(conn, xmlCPU, flags);
}

int test_connectGetCPUModelNames(virConnectPtr conn, const char *arch, char ***models,
                                 unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    return cpu_model_names(arch, models);
}
