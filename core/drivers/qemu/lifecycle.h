/* What the calls of a guest's life share with those who do the same by themselves. */
#pragma once

#include "core/drivers/qemu/start.h"

/* Starts the job's guest from its definition, or from the image of its managed save. */
int guest_start_defined(struct job *job, const struct start *start);
/* Ends its process and waits for that; lock held before and after. Needs no job. */
int guest_destroy(struct qemu_host *host, struct qemu_guest *guest, bool graceful);
void guests_end_with(struct qemu_host *host, virConnectPtr conn);
