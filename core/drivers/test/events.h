/* Events of guests, pushed with the world's lock held, in the order of what happened. */
#pragma once

#include "core/drivers/test/domain.h"

void guest_event_lifecycle(struct world *world, const struct guest *guest, int event, int detail);
/* VIR_DOMAIN_EVENT_ID_REBOOT and others that say no more than that. */
void guest_event_plain(struct world *world, const struct guest *guest, int id);
/* PMWAKEUP, PMSUSPEND, PMSUSPEND_DISK. */
void guest_event_reason(struct world *world, const struct guest *guest, int id, int reason);
void guest_event_balloon(struct world *world, const struct guest *guest, unsigned long long actual);
void guest_event_metadata(struct world *world, const struct guest *guest, int type, const char *uri);
/* Copies the parameters. */
void guest_event_tunable(struct world *world, const struct guest *guest, virTypedParameterPtr params, int n);
/* DEVICE_ADDED, DEVICE_REMOVED, DEVICE_REMOVAL_FAILED. */
void guest_event_device(struct world *world, const struct guest *guest, int id, const char *alias);
