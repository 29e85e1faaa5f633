/* Devices of guests that run: from documents to what QEMU is told. */
#pragma once

#include "core/drivers/qemu/job.h"

/* Plugs what `doc` has and the running guest has not, by names; `doc` is complete, with aliases. -1
 * with an error, and then nothing of it is there. */
int devices_plug(struct job *job, const struct domain *doc);
/* Asks for a device's removal, and waits a while for the guest to let go of it. -1 with an error
 * when it cannot be asked. */
int device_unplug(struct job *job, const char *alias);

/* In the loop's thread, lock held: it is gone, or stays. */
void device_unplugged(struct qemu_host *host, struct qemu_guest *guest, const char *alias);
void device_stays(struct qemu_host *host, struct qemu_guest *guest, const char *alias);
