/* Processors: the host's, and those of which guests may have one. */
#include "core/host/processor.h"

#include <string.h>

#include "core/conf/cpu/baseline.h"
#include "core/conf/cpu/compare.h"
#include "core/conf/cpu/names.h"
#include "core/drivers/qemu/guest.h"
#include "core/drivers/qemu/host_kind.h"

#define BASELINE_FLAGS                                                                             \
    (VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES | VIR_CONNECT_BASELINE_CPU_MIGRATABLE)
#define COMPARE_FLAGS                                                                              \
    (VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE | VIR_CONNECT_COMPARE_CPU_VALIDATE_XML)

char *qemu_connectBaselineCPU(virConnectPtr conn, const char **xmlCPUs, unsigned int ncpus,
                              unsigned int flags)
{
    if (qemu_flags(flags, BASELINE_FLAGS) < 0)
        return NULL;
    return cpu_baseline(xmlCPUs, ncpus, flags);
}

char *qemu_connectBaselineHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch,
                                        const char *machine, const char *virttype,
                                        const char **xmlCPUs, unsigned int ncpus,
                                        unsigned int flags)
{
    g_auto(host_kind_t) kind = {0};

    if (qemu_flags(flags, BASELINE_FLAGS) < 0 ||
        host_kind_find(host_of(conn), emulator, arch, machine, virttype, &kind) < 0)
        return NULL;
    return cpu_baseline(xmlCPUs, ncpus, flags);
}

int qemu_connectCompareCPU(virConnectPtr conn, const char *xmlDesc, unsigned int flags)
{
    struct cpu *host;
    int result;

    if (qemu_flags(flags, COMPARE_FLAGS) < 0)
        return VIR_CPU_COMPARE_ERROR;
    host = host_processor();
    result = cpu_compare(host, xmlDesc, flags);
    cpu_free(host);
    return result;
}

int qemu_connectCompareHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch,
                                     const char *machine, const char *virttype, const char *xmlCPU,
                                     unsigned int flags)
{
    g_auto(host_kind_t) kind = {0};
    struct cpu *model;
    int result;

    if (qemu_flags(flags, COMPARE_FLAGS) < 0 ||
        host_kind_find(host_of(conn), emulator, arch, machine, virttype, &kind) < 0)
        return VIR_CPU_COMPARE_ERROR;
    model = host_kind_processor(&kind);
    result = cpu_compare(model, xmlCPU, flags);
    cpu_free(model);
    return result;
}

int qemu_connectGetCPUModelNames(virConnectPtr conn, const char *arch, char ***models,
                                 unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    return cpu_model_names(arch, models);
}
