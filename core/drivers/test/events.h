/* Events of guests, pushed with the world's lock held, in the order of what happened. */
#pragma once

#include "core/drivers/test/domain.h"

void guest_event_lifecycle(struct world *world, const struct guest *guest, int event, int detail);
/* PMWAKEUP, PMSUSPEND, PMSUSPEND_DISK. */
void guest_event_reason(struct world *world, const struct guest *guest, int id, int reason);
/* DEVICE_ADDED, DEVICE_REMOVED. */
void guest_event_device(struct world *world, const struct guest *guest, int id, const char *alias);
void guest_event_metadata(struct world *world, const struct guest *guest, int type,
                          const char *uri);
