/* The host's own numbers: what connections are asked about the node. */
#include "core/host/node.h"

#include <string.h>

#include "core/drivers/qemu/guest.h"
#include "core/object/params_give.h"

int qemu_nodeGetInfo(virConnectPtr conn, virNodeInfoPtr info)
{
    return host_get_info(info);
}

int qemu_nodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online,
                       unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    return host_get_cpu_map(cpumap, online);
}

int qemu_nodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams,
                         unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    return host_get_cpu_stats(cpuNum, params, nparams);
}

int qemu_nodeGetMemoryStats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params,
                            int *nparams, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    return host_get_memory_stats(cellNum, params, nparams);
}

int qemu_nodeGetCellsFreeMemory(virConnectPtr conn, unsigned long long *freeMems, int startCell,
                                int maxCells)
{
    return host_get_cells_free(freeMems, startCell, maxCells);
}

unsigned long long qemu_nodeGetFreeMemory(virConnectPtr conn)
{
    return host_get_free();
}

int qemu_nodeGetFreePages(virConnectPtr conn, unsigned int npages, unsigned int *pages,
                          int startCell, unsigned int cellCount, unsigned long long *counts,
                          unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    return host_get_free_pages(npages, pages, startCell, cellCount, counts);
}

int qemu_nodeAllocPages(virConnectPtr conn, unsigned int npages, unsigned int *pageSizes,
                        unsigned long long *pageCounts, int startCell, unsigned int cellCount,
                        unsigned int flags)
{
    if (qemu_flags(flags, VIR_NODE_ALLOC_PAGES_SET) < 0)
        return -1;
    return host_alloc_pages(npages, pageSizes, pageCounts, startCell, cellCount,
                            flags & VIR_NODE_ALLOC_PAGES_SET);
}

int qemu_nodeGetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int *nparams,
                                 unsigned int flags)
{
    if (qemu_flags(flags, VIR_TYPED_PARAM_STRING_OKAY) < 0)
        return -1;
    return host_get_memory_parameters(params, nparams);
}

int qemu_nodeSetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                                 unsigned int flags)
{
    static const struct params_rule rules[] = {
        {VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN, VIR_TYPED_PARAM_UINT, FALSE},
        {VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, VIR_TYPED_PARAM_UINT, FALSE},
        {VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, VIR_TYPED_PARAM_UINT, FALSE},
    };

    if (qemu_flags(flags, 0) < 0 ||
        params_validate(params, nparams, rules, G_N_ELEMENTS(rules), 0) < 0)
        return -1;
    return host_set_memory_parameters(params, nparams);
}

/* No labels are given to guests. */
int qemu_nodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel)
{
    memset(secmodel, 0, sizeof(*secmodel));
    g_strlcpy(secmodel->model, "none", sizeof(secmodel->model));
    g_strlcpy(secmodel->doi, "0", sizeof(secmodel->doi));
    return 0;
}

char *qemu_connectGetSysinfo(virConnectPtr conn, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return NULL;
    return host_get_sysinfo();
}
