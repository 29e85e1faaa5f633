/* Flags of calls. */
#pragma once

#include <glib.h>

#include "core/base/export.h"

/* Names the flags that are refused, and the call. */
CORRAL_PRIVATE int flags_refuse(int domain, unsigned int flags, const char *function)
    __attribute__((cold));

/* -1 with VIR_ERR_INVALID_ARG when there are others than `supported`. `function` is the public
 * name, or a slot's __func__ ("test_domainCreate"). */
static inline int flags_check_for(int domain, unsigned int flags, unsigned int supported,
                                  const char *function)
{
    return G_LIKELY(!(flags & ~supported)) ? 0 : flags_refuse(domain, flags & ~supported, function);
}
