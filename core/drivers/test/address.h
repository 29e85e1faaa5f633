/* Addresses that guests' interfaces are said to have. With the world's lock held. */
#pragma once

#include "core/drivers/test/domain.h"

struct network_ips;

/* Of a running guest's interface; the text is the caller's. */
virDomainIPAddress interface_address(struct world *world, const struct guest *guest, size_t at);
