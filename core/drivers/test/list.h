/* Filters of lists. */
#pragma once

#include "core/drivers/test/domain.h"

/* Whether a guest passes the VIR_CONNECT_LIST_DOMAINS_* flags. */
bool guest_matches(const struct guest *guest, unsigned int flags);
