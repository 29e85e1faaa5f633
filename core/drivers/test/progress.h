/* How far work has come that goes on with the time. Without a limit it takes a tenth of a second,
 * whatever its size; with one as long as its bytes take at that speed. */
#pragma once

#include <glib.h>

#define PROGRESS_UNLIMITED_US (100 * 1000)

struct progress {
    unsigned long long end, done, limit; /* bytes, and bytes per second; limit 0: none */
    gint64 since;                        /* when `done` was right, as g_get_monotonic_time() */
};

void progress_begin(struct progress *progress, unsigned long long end, unsigned long long limit);
void progress_move(struct progress *progress, gint64 now);
/* From now on at that speed. */
void progress_limit(struct progress *progress, unsigned long long limit);
/* When `done` will be `position`. */
gint64 progress_when(const struct progress *progress, unsigned long long position);
