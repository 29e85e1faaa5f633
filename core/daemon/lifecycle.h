/* The daemon from its beginning to its end. */
#pragma once

#include "core/daemon/daemon.h"
#include "core/daemon/options.h"

/* Nobody else serves from the same place: the descriptor that says so, to be kept open; -1 with an
 * error. The file has the process's number. */
int lifecycle_lock(const char *path);

/* Serves until a signal, or idleness, ends it: 0, or -1 with an error. */
int lifecycle_run(struct daemon *daemon);
