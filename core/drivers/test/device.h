/* Disks and interfaces of guests: finding them, and the numbers that they are said to have. */
#pragma once

#include "core/drivers/test/domain.h"

/* By target or source. NULL, and no error, when there is none. */
struct domain_disk *disk_find(const struct domain *doc, const char *path);
const char *disk_source(const struct domain_disk *disk);
/* By target or MAC address; NULL with an error. */
struct domain_interface *interface_find(const struct domain *doc, const char *device);

/* Traffic that grows with the time. */
void disk_traffic(virDomainBlockStatsPtr stats);
void interface_traffic(virDomainInterfaceStatsPtr stats);
/* What the disk has, unless somebody resized it. */
virDomainBlockInfo disk_size(const struct guest *guest, const struct domain_disk *disk);
