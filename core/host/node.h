/* The node calls of drivers whose guests run on this host. Values are as the public calls want
 * them; -1 with an error. */
#pragma once

#include <corral/corral.h>
#include <stdbool.h>

#include "core/base/export.h"

CORRAL_PRIVATE int host_get_info(virNodeInfoPtr info);
/* Names the architecture as documents do: "x86_64". */
CORRAL_PRIVATE const char *host_arch(void);
CORRAL_PRIVATE int host_get_cpu_map(unsigned char **cpumap, unsigned int *online);
CORRAL_PRIVATE int host_get_cpu_stats(int cpu, virNodeCPUStatsPtr params, int *nparams);

CORRAL_PRIVATE int host_get_memory_stats(int cell, virNodeMemoryStatsPtr params, int *nparams);
CORRAL_PRIVATE int host_get_cells_free(unsigned long long *free, int first, int max);
CORRAL_PRIVATE unsigned long long host_get_free(void); /* bytes; 0 with an error */
CORRAL_PRIVATE int host_get_free_pages(unsigned int n, const unsigned int *sizes, int first,
                                       unsigned int cells, unsigned long long *counts);
CORRAL_PRIVATE int host_alloc_pages(unsigned int n, const unsigned int *sizes,
                                    const unsigned long long *counts, int first, unsigned int cells,
                                    bool set);
CORRAL_PRIVATE int host_get_memory_parameters(virTypedParameterPtr params, int *nparams);
CORRAL_PRIVATE int host_set_memory_parameters(virTypedParameterPtr params, int nparams);

/* A sysinfo document. */
CORRAL_PRIVATE char *host_get_sysinfo(void);
