/* What the processor calls of a driver do, once they have their documents. */
#pragma once

#include <stddef.h>

#include "core/base/export.h"

/* The text of a guest's processor that each of the hosts described can give; flags are those of
 * virConnectBaselineCPU(). NULL with an error. */
CORRAL_PRIVATE char *cpu_baseline(const char *const *xml, unsigned n_xml, unsigned flags);
