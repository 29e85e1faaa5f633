/* Threads for jobs that wait for something. They come when jobs come and leave when there are none.
 */
#pragma once

#include <glib.h>

struct workers;

typedef void (*worker_job)(void *data);

/* At most `max` threads; at least `min` stay once they are there. */
struct workers *workers_new(int min, int max);
/* Finishes what is queued, then comes back; no job may be added meanwhile. NULL is fine. */
void workers_free(struct workers *workers);

/* Queues a job; jobs begin in the order they were added. */
void workers_add(struct workers *workers, worker_job job, void *data);
void workers_set_limits(struct workers *workers, int min, int max);

struct workers_state {
    int threads;
    int idle;
    guint queued;
};
struct workers_state workers_state(struct workers *workers);
