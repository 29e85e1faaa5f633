/* Whether a guest that runs with one definition can go on with another. */
#pragma once

#include "conf/domain_doc.h"
#include "core/base/export.h"

/* What the guest sees must be the same: its machine, processors, memory, devices and their places.
 * `source` is what it runs with, `target` what is to take that's place; both complete (read with
 * domain_parse, so that addresses and defaults are there). For a running guest of a driver compare
 * what peers exchange: copies of both without what only runs (DOC_MIGRATABLE).
 * -1 with VIR_ERR_CONFIG_UNSUPPORTED: "Target disk bus ide does not match source virtio:
 * devices/disks[0]/target/@bus". */
CORRAL_PRIVATE int domain_check_abi(const struct domain *source, const struct domain *target);
