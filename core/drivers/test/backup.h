/* A backup's document says little; the guest says the rest. */
#pragma once

#include "core/drivers/test/jobs.h"

/* Fills in disks, places and the server; `suffix` ends the names of files that nobody named. -1
 * with an error, and then `backup` is only good for freeing. */
int backup_complete(struct domainbackup *backup, const struct guest *guest, const char *suffix);
