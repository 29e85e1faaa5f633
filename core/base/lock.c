#include "core/base/lock.h"

#include <errno.h>
#include <time.h>

void lock_init(lock_t *lock)
{
    pthread_mutex_init(lock, NULL);
}

void lock_clear(lock_t *lock)
{
    pthread_mutex_destroy(lock);
}

/* The default clock of a condition is the wall's, which jumps when somebody sets it. */
void cond_init(cond_t *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

void cond_clear(cond_t *cond)
{
    pthread_cond_destroy(cond);
}

gboolean cond_wait_until(cond_t *cond, lock_t *lock, gint64 until)
{
    struct timespec at = {0, 0};

    if (until > 0) {
        at.tv_sec = until / G_USEC_PER_SEC;
        at.tv_nsec = (until % G_USEC_PER_SEC) * 1000;
    }
    return pthread_cond_timedwait(cond, lock, &at) != ETIMEDOUT;
}
