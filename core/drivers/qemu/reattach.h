/* Guests that have lived on while nobody looked after them. */
#pragma once

#include "core/drivers/qemu/job.h"

/* At the host's beginning, with the definitions loaded: takes up the guests that run, which goes on
 * in workers' threads, and clears away what is left of those that have ended. */
void guests_reattach(struct qemu_host *host);
/* In daemons, once a boot: starts those that are to come up with the host. */
void guests_autostart(struct qemu_host *host);
