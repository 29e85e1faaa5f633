/* Images of guests: their memory and what they are, to go on from later. */
#pragma once

#include "core/drivers/qemu/start.h"

bool save_is_managed(struct qemu_host *host, const char *name);
void save_remove_managed(struct qemu_host *host, const char *name);
/* Goes on from the job's guest's managed image, which is gone then. */
int save_start_managed(struct job *job, const struct start *start);
