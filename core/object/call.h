/* Calls that wait: a deadline, a cancel from another thread, and Ctrl-C.
 *
 *     struct call call;
 *
 *     call_begin(&call, &conn->calls);
 *     lock_take(&monitor->lock);
 *     while (!monitor->reply)
 *         if (call_cond_wait(&call, &monitor->cond, &monitor->lock) < 0)
 *             break;                              (the error is recorded)
 *     lock_drop(&monitor->lock);
 *     call_end(&call);
 *
 * A call that does not wait has nothing to do with this file and pays nothing for it. Each wait
 * fails at once when the call has been cancelled or is over its time before it begins, so a loop
 * around it ends; what has happened meanwhile is looked at first, so a result in hand is never lost
 * to a deadline. Until call_end() the condition, its lock and the group stay where they are. */
#pragma once

#include <glib.h>
#include <poll.h>

#include "core/base/export.h"
#include "core/base/lock.h"

/* What the calls of one connection have in common; lives inside the connection. */
struct call_group {
    lock_t lock;
    cond_t changed;     /* a call has ended, or a cancel has let go of one */
    struct call *calls; /* those between call_begin() and call_end() */
    int timeout;        /* milliseconds, 0 for none */
    gboolean closed;    /* calls that begin now fail at their first wait */
};

/* Lives on the stack of the thread that waits. Everything in it belongs to call.c. */
struct call {
    struct call_group *group;
    struct call *next, *prev;
    const char *function;
    int timeout;
    gint64 deadline;  /* 0 for none */
    gint64 poll_hook; /* when the interrupt hook is due; 0 when there is none */
    int eventfd;      /* wakes call_poll(); -1 before its first use */
    gboolean lent;    /* that one is somebody else's */
    gboolean cancelled;
    gboolean pinned; /* a cancel is about to wake `cond` */
    gboolean woken;  /* and has done so */
    cond_t *cond;    /* what the thread waits on */
    lock_t *cond_lock;
    cond_t wake; /* wakes call_sleep() */
};

CORRAL_PRIVATE void call_group_init(struct call_group *group);
/* Cancels what still waits, comes back when the last call has ended, and frees the rest. The caller
 * holds no lock that a waiting call needs, and is not within a call of this group itself. */
CORRAL_PRIVATE void call_group_clear(struct call_group *group);

/* Cancels what waits, and whatever waits from now on. */
void call_group_close(struct call_group *group);

/* For calls that begin from now on. */
CORRAL_PRIVATE void call_group_set_timeout(struct call_group *group, int milliseconds);
CORRAL_PRIVATE int call_group_timeout(struct call_group *group);

/* Every call that waits now fails with VIR_ERR_OPERATION_ABORTED. The caller holds no lock that a
 * waiting call waits with. Returns how many there were. */
CORRAL_PRIVATE int call_group_cancel(struct call_group *group);

/* This thread's limit for the calls it begins, instead of their groups': 0 for no limit, -1 to go
 * back to the groups'. Returns the one before, to be put back. */
CORRAL_PRIVATE int call_thread_timeout(int milliseconds);

/* Asked at least every 100 ms by each thread that waits, without a lock held; a value other than 0
 * ends the wait with VIR_ERR_OPERATION_ABORTED. NULL takes it out. */
CORRAL_PRIVATE void call_set_interrupt_hook(int (*hook)(void));
/* FALSE: this thread is not to be asked (a binding's helper thread). TRUE to begin with. */
CORRAL_PRIVATE void call_thread_interruptible(gboolean yes);
/* Whether this thread has to wake up for the hook, and the question itself (0: go on). */
CORRAL_PRIVATE gboolean call_interruptible(void);
CORRAL_PRIVATE int call_interrupted(void);
#define CALL_HOOK_INTERVAL (100 * 1000) /* microseconds */

/* `function` is what the deadline's error names: the public function, where the caller knows it. */
#define call_begin(call, group) call_begin_as((call), (group), __func__)
CORRAL_PRIVATE void call_begin_as(struct call *call, struct call_group *group,
                                  const char *function);
CORRAL_PRIVATE void call_end(struct call *call);

/* 0 to look again at what one waits for, -1 with an error. `lock` is held before and after. */
CORRAL_PRIVATE int call_cond_wait(struct call *call, cond_t *cond, lock_t *lock);
/* The same up to a moment of one's own: 1 to look again, 0 when it has passed, -1 with an error. */
CORRAL_PRIVATE int call_cond_wait_until(struct call *call, cond_t *cond, lock_t *lock,
                                        gint64 until);

/* What wakes call_poll() is otherwise made for each call that polls, and two system calls are much
 * for one that is answered at once: this eventfd of the caller's takes its place, for one call at a
 * time, until it is taken back. Its owner may write to it: call_poll() then returns. */
CORRAL_PRIVATE void call_lend_eventfd(struct call *call, int eventfd);
CORRAL_PRIVATE void call_take_back_eventfd(struct call *call);

/* poll(): how many descriptors are ready, or -1 with an error. 0 when the eventfd was lent and its
 * owner has written to it. */
CORRAL_PRIVATE int call_poll(struct call *call, struct pollfd *fds, int n);

/* 0 when the time has passed, -1 with an error. */
CORRAL_PRIVATE int call_sleep_until(struct call *call, gint64 until);
CORRAL_PRIVATE int call_sleep_us(struct call *call, gint64 microseconds);
static inline int call_sleep(struct call *call, gint64 milliseconds)
{
    return call_sleep_us(call, CLAMP(milliseconds, 0, G_MAXINT64 / 4000) * 1000);
}

/* -1 with an error when the call is to end; for loops that work instead of waiting. */
CORRAL_PRIVATE int call_check(struct call *call);
