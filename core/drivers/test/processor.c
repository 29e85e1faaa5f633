/* Processors: what the tables know; nothing here depends on the world's guests. */
#include "core/drivers/test/domain.h"

#include "core/conf/cpu/baseline.h"
#include "core/conf/cpu/names.h"

char *test_connectBaselineCPU(virConnectPtr conn, const char **xmlCPUs, unsigned int ncpus,
                              unsigned int flags)
{
    if (flags_check(flags,
                    VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES | VIR_CONNECT_BASELINE_CPU_MIGRATABLE,
                    __func__) < 0)
        return NULL;
    return cpu_baseline(xmlCPUs, ncpus, flags);
}

int test_connectGetCPUModelNames(virConnectPtr conn, const char *arch, char ***models,
                                 unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    return cpu_model_names(arch, models);
}
