/* The models that guests may name. */
#pragma once

#include "core/base/export.h"
/* Their number, and in `ret_names` unless that is NULL a list for the caller to free, ended by
 * NULL; 0 where a guest may name what it likes. -1 with an error for an architecture that is
 * unknown, or of whose processors nothing is known. */
CORRAL_PRIVATE int cpu_model_names(const char *arch, char ***ret_names);
