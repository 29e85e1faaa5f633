/* What the monitor does for people: things that happen to guests at a caller's word. */
#pragma once

#include "core/drivers/test/domain.h"

/* The words behind "event"; -1 with an error, and then nothing has happened. With the world's lock
 * held; the guest may be gone afterwards. */
int monitor_happen(struct world *world, struct guest *guest, char **words);
