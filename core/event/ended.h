/* Callbacks that will not be called again: told at once, while what frees their data waits for the
 * loop. For bindings that queue calls, and have to drop those of who has left. */
#pragma once

#include <corral/corral.h>

/* Called with what frees the data, and the data, which is still there; maybe with locks held, so it
 * does no more than make a note. Set once, before there are callbacks. */
void event_set_ended_hook(void (*hook)(virFreeCallback freecb, void *opaque));
void event_ended(virFreeCallback freecb, void *opaque);
