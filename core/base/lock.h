/* Locks and conditions: pthread's, because ThreadSanitizer understands those and not GLib's. */
#pragma once

#include <glib.h>
#include <pthread.h>

#include "core/base/export.h"

typedef pthread_mutex_t lock_t;
typedef pthread_cond_t cond_t;

#define LOCK_INITIALIZER PTHREAD_MUTEX_INITIALIZER

CORRAL_PRIVATE void lock_init(lock_t *lock);
CORRAL_PRIVATE void lock_clear(lock_t *lock);
static inline void lock_take(lock_t *lock)
{
    pthread_mutex_lock(lock);
}
static inline void lock_drop(lock_t *lock)
{
    pthread_mutex_unlock(lock);
}

/* Conditions run on the monotonic clock. */
CORRAL_PRIVATE void cond_init(cond_t *cond);
CORRAL_PRIVATE void cond_clear(cond_t *cond);
static inline void cond_wait(cond_t *cond, lock_t *lock)
{
    pthread_cond_wait(cond, lock);
}
static inline void cond_signal(cond_t *cond)
{
    pthread_cond_signal(cond);
}
static inline void cond_broadcast(cond_t *cond)
{
    pthread_cond_broadcast(cond);
}
/* `until` as g_get_monotonic_time() counts, in microseconds; false when it passed. */
CORRAL_PRIVATE gboolean cond_wait_until(cond_t *cond, lock_t *lock, gint64 until);

/* lock_guard(&x): dropped at the end of the scope. */
typedef lock_t *lock_guard_t;
static inline void lock_guard_drop(lock_guard_t *guard)
{
    if (*guard)
        lock_drop(*guard);
}
#define lock_guard(lock)                                                                           \
    __attribute__((cleanup(lock_guard_drop), unused)) lock_guard_t G_PASTE(guard_, __LINE__) =     \
        (lock_take(lock), (lock))
