/* Whether a host can give guests a processor. */
#pragma once

#include "conf/cpu_doc.h"
#include "core/base/export.h"

/* A virCPUCompareResult for the document; flags are those of virConnectCompareCPU().
 * VIR_CPU_COMPARE_ERROR with an error. Nothing fits a host that is NULL or has no model: too
 * little is known about it. */
CORRAL_PRIVATE int cpu_compare(const struct cpu *host, const char *xml, unsigned flags);
