/* Limits for the traffic of disks, one's own or shared. */
#pragma once

#include "core/drivers/test/domain.h"

/* Puts the given limits over those that are there; -1 with an error when they do not fit together,
 * and then some may have been put already. The name of a group is left alone. */
int iotune_read(struct domain_disk_iotune *tune, virTypedParameterPtr params, int nparams);
/* A group's limits, as those of a disk. */
struct domain_disk_iotune *throttle_limits(struct domain_throttlegroups_groups *group);
