/* Node descriptions: the host and what is on it, as XML. */
#pragma once

#include "core/drivers/test/state.h"

/* Fill a new world that nobody else sees yet; -1 with an error. */
int node_load_default(struct world *world);
int node_load_file(struct world *world, const char *path);
