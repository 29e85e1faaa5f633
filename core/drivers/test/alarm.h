/* What happens in a world by itself: work that ends while nobody asks for it. One thread does it,
 * from the first work of the world to the world's end. */
#pragma once

#include "core/drivers/test/state.h"

/* With the world's lock held: there is work, or it ends at another time than before. */
void alarm_set(struct world *world);
/* Without the lock; afterwards the thread is gone. NULL is fine. */
void alarm_free(struct world *world);
