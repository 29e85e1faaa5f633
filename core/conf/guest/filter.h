/* Filters of lists of guests: VIR_CONNECT_LIST_DOMAINS_*. */
#pragma once

#include <corral/corral.h>
#include <stdbool.h>

#include "core/base/export.h"

/* What they look at. */
struct guest_facts {
    int state; /* virDomainState */
    bool active, persistent, managed_save, autostart, snapshots, checkpoints;
};

/* Every flag there is. */
CORRAL_PRIVATE extern const unsigned int guest_filters;
CORRAL_PRIVATE bool guest_filter(const struct guest_facts *facts, unsigned int flags);

/* What the flags of statistics say, as a filter; -1 with that driver's VIR_ERR_INVALID_ARG for a
 * flag that there is not. */
CORRAL_PRIVATE int guest_stats_filter(int from, unsigned int flags, unsigned int *ret_filter,
                                      const char *function);
