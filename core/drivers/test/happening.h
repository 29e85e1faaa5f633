/* What happens to guests by itself, or as a consequence of calls: events beside the lives of
 * guests, for listeners of the public kinds and for those of the monitor. With the world's lock
 * held. */
#pragma once

#include "core/drivers/test/domain.h"

#define HAPPENING_VALUES 5

/* What the callbacks of a kind are called with, in their order; texts and numbers count on their
 * own. */
struct happening {
    int id; /* virDomainEventID */
    const char *texts[HAPPENING_VALUES];
    long long numbers[HAPPENING_VALUES];
};

void guest_happens(struct world *world, const struct guest *guest, const struct happening *what);
/* The agent's listening has begun or ended. */
void guest_agent_changed(struct world *world, const struct guest *guest, bool listens, int reason);
/* What has become of a guest's agent by another document; before and after. */
void guest_script_changed(struct world *world, const struct guest *guest, bool listened);

/* For listeners of the monitor only; `details` is JSON or NULL. monitor_event.c */
void monitor_announce(struct world *world, const struct guest *guest, const char *name,
                      const char *details);
