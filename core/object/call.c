#define _GNU_SOURCE 1 /* ppoll */
#include "core/base/export.h"
#include "core/object/call.h"

#include <corral/corral.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/object/error.h"

/* Lock order: a driver's lock, then the group's. A cancel, which needs a driver's lock to wake its
 * condition without losing the wake-up, therefore takes it with the group's lock dropped, and pins
 * the call meanwhile: a pinned call does not come back from its wait. */

static int (*interrupt_hook)(void);
static __thread int thread_timeout = -1;
static __thread gboolean thread_uninterruptible;

CORRAL_PRIVATE void call_set_interrupt_hook(int (*hook)(void))
{
    __atomic_store_n(&interrupt_hook, hook, __ATOMIC_RELEASE);
}

CORRAL_PRIVATE void call_thread_interruptible(gboolean yes)
{
    thread_uninterruptible = !yes;
}

gboolean call_interruptible(void)
{
    return !thread_uninterruptible && __atomic_load_n(&interrupt_hook, __ATOMIC_ACQUIRE);
}

int call_interrupted(void)
{
    int (*hook)(void) = __atomic_load_n(&interrupt_hook, __ATOMIC_ACQUIRE);

    return hook && !thread_uninterruptible ? hook() : 0;
}

CORRAL_PRIVATE int call_thread_timeout(int milliseconds)
{
    int before = thread_timeout;

    thread_timeout = MAX(milliseconds, -1);
    return before;
}

void call_group_init(struct call_group *group)
{
    memset(group, 0, sizeof(*group));
    lock_init(&group->lock);
    cond_init(&group->changed);
}

void call_group_set_timeout(struct call_group *group, int milliseconds)
{
    lock_guard(&group->lock);
    group->timeout = MAX(milliseconds, 0);
}

int call_group_timeout(struct call_group *group)
{
    lock_guard(&group->lock);
    return group->timeout;
}

static void mark_cancelled(struct call *call)
{
    call->cancelled = TRUE;
    cond_signal(&call->wake);
    /* Only fails when the counter is full, and then it is readable anyway. */
    if (call->eventfd >= 0 && eventfd_write(call->eventfd, 1) < 0)
        return;
}

/* A cancelled call that still waits on a condition of its driver's. */
static struct call *find_unwoken(struct call_group *group)
{
    struct call *call = group->calls;

    while (call && !(call->cancelled && call->cond && !call->woken))
        call = call->next;
    return call;
}

/* With the group's lock held, which is dropped for a while: the list may be another one afterwards.
 */
static void wake_pinned(struct call_group *group, struct call *call)
{
    cond_t *cond = call->cond;
    lock_t *lock = call->cond_lock;

    call->pinned = call->woken = TRUE;
    lock_drop(&group->lock);
    lock_take(lock);
    cond_broadcast(cond);
    lock_drop(lock);
    lock_take(&group->lock);
    call->pinned = FALSE;
    cond_broadcast(&group->changed);
}

static int cancel_locked(struct call_group *group)
{
    struct call *call;
    int n = 0;

    for (call = group->calls; call; call = call->next, n++)
        mark_cancelled(call);
    while ((call = find_unwoken(group)))
        wake_pinned(group, call);
    return n;
}

int call_group_cancel(struct call_group *group)
{
    lock_guard(&group->lock);
    return cancel_locked(group);
}

void call_group_close(struct call_group *group)
{
    lock_guard(&group->lock);
    group->closed = TRUE;
    cancel_locked(group);
}

void call_group_clear(struct call_group *group)
{
    lock_take(&group->lock);
    group->closed = TRUE;
    cancel_locked(group);
    while (group->calls)
        cond_wait(&group->changed, &group->lock);
    lock_drop(&group->lock);
    cond_clear(&group->changed);
    lock_clear(&group->lock);
}

void call_begin_as(struct call *call, struct call_group *group, const char *function)
{
    gint64 now = g_get_monotonic_time();

    memset(call, 0, sizeof(*call));
    call->group = group;
    call->function = function;
    call->eventfd = -1;
    call->poll_hook = call_interruptible() ? now + CALL_HOOK_INTERVAL : 0;
    cond_init(&call->wake);

    lock_guard(&group->lock);
    call->timeout = thread_timeout >= 0 ? thread_timeout : group->timeout;
    call->deadline = call->timeout ? now + call->timeout * G_GINT64_CONSTANT(1000) : 0;
    call->cancelled = group->closed;
    call->next = group->calls;
    if (call->next)
        call->next->prev = call;
    group->calls = call;
}

void call_end(struct call *call)
{
    struct call_group *group = call->group;

    lock_take(&group->lock);
    if (call->next)
        call->next->prev = call->prev;
    if (call->prev)
        call->prev->next = call->next;
    else
        group->calls = call->next;
    /* Before the lock is dropped: afterwards the group may be gone, with call_group_clear(). */
    cond_broadcast(&group->changed);
    lock_drop(&group->lock);
    cond_clear(&call->wake);
    if (call->eventfd >= 0)
        close(call->eventfd);
}

static int fail_cancelled(struct call *call)
{
    error_set(VIR_FROM_NONE, VIR_ERR_OPERATION_ABORTED, "%s was cancelled", call->function);
    return -1;
}

static int fail_interrupted(struct call *call)
{
    error_set(VIR_FROM_NONE, VIR_ERR_OPERATION_ABORTED, "%s was interrupted", call->function);
    return -1;
}

static int fail_deadline(struct call *call)
{
    error_set(VIR_FROM_NONE, VIR_ERR_OPERATION_TIMEOUT, "%s took longer than its limit of %d ms",
              call->function, call->timeout);
    return -1;
}

static int check_locked(struct call *call)
{
    if (call->cancelled)
        return fail_cancelled(call);
    if (call->deadline && g_get_monotonic_time() >= call->deadline)
        return fail_deadline(call);
    return 0;
}

/* Asks the hook when it is due. Must be called without a lock: it runs a binding's code, which may
 * wait for an interpreter whose owner waits for our lock. */
static int check_hook(struct call *call)
{
    if (!call->poll_hook || g_get_monotonic_time() < call->poll_hook)
        return 0;
    call->poll_hook = g_get_monotonic_time() + CALL_HOOK_INTERVAL;
    return call_interrupted() ? fail_interrupted(call) : 0;
}

int call_check(struct call *call)
{
    if (check_hook(call) < 0)
        return -1;
    lock_guard(&call->group->lock);
    return check_locked(call);
}

/* The first of the moments that are set. */
static gint64 earliest(gint64 a, gint64 b)
{
    return !a || (b && b < a) ? b : a;
}

static gint64 wake_up_at(struct call *call, gint64 until)
{
    return earliest(earliest(call->deadline, call->poll_hook), until);
}

/* From here on a cancel finds the condition; -1 when it was there before. */
static int publish_cond(struct call *call, cond_t *cond, lock_t *lock)
{
    lock_guard(&call->group->lock);
    if (check_locked(call) < 0)
        return -1;
    call->cond = cond;
    call->cond_lock = lock;
    return 0;
}

static void withdraw_cond(struct call *call, lock_t *lock)
{
    struct call_group *group = call->group;

    lock_take(&group->lock);
    call->cond = NULL;
    if (!call->pinned) {
        lock_drop(&group->lock);
        return;
    }
    lock_drop(lock); /* which the cancel is waiting for */
    while (call->pinned)
        cond_wait(&group->changed, &group->lock);
    lock_drop(&group->lock);
    lock_take(lock);
}

int call_cond_wait_until(struct call *call, cond_t *cond, lock_t *lock, gint64 until)
{
    gint64 at;

    if (until && g_get_monotonic_time() >= until)
        return 0;
    if (call->poll_hook && g_get_monotonic_time() >= call->poll_hook) {
        int r;

        lock_drop(lock);
        r = check_hook(call);
        lock_take(lock);
        /* The lock was dropped, so what the caller waits for may be there now. */
        return r < 0 ? -1 : 1;
    }
    if (publish_cond(call, cond, lock) < 0)
        return -1;
    at = wake_up_at(call, until);
    if (at)
        cond_wait_until(cond, lock, at);
    else
        cond_wait(cond, lock);
    withdraw_cond(call, lock);
    return 1;
}

int call_cond_wait(struct call *call, cond_t *cond, lock_t *lock)
{
    return call_cond_wait_until(call, cond, lock, 0) < 0 ? -1 : 0;
}

/* An eventfd costs two system calls, so only calls that poll have one. */
static int open_eventfd(struct call *call)
{
    lock_guard(&call->group->lock);
    if (call->eventfd >= 0)
        return 0;
    call->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (call->eventfd < 0) {
        error_set_system(VIR_FROM_NONE, errno, "%s: no descriptor to wait with", call->function);
        return -1;
    }
    return 0;
}

void call_lend_eventfd(struct call *call, int eventfd)
{
    lock_guard(&call->group->lock);
    call->eventfd = eventfd;
    call->lent = TRUE;
}

/* A cancel may have written to it: the next call must not find that. */
void call_take_back_eventfd(struct call *call)
{
    eventfd_t count;

    lock_guard(&call->group->lock);
    if (call->cancelled && eventfd_read(call->eventfd, &count) < 0)
        log_debug("%s was cancelled before it waited", call->function);
    call->eventfd = -1;
    call->lent = FALSE;
}

static int poll_until(struct pollfd *fds, int n, gint64 until)
{
    gint64 left = until ? MAX(until - g_get_monotonic_time(), 0) : 0;
    struct timespec timeout = {left / G_USEC_PER_SEC, left % G_USEC_PER_SEC * 1000};

    return ppoll(fds, n, until ? &timeout : NULL, NULL);
}

/* Not cancelled: the eventfd's owner wants the caller to look around. */
static int take_nudge(struct call *call, struct pollfd *all, int n)
{
    eventfd_t count;
    int ready = 0;

    if (eventfd_read(call->eventfd, &count) < 0)
        log_debug("%s was nudged for nothing", call->function);
    for (int i = 0; i < n; i++)
        ready += all[i].revents != 0;
    return ready;
}

/* `all` is the caller's descriptors and ours behind them. */
static int poll_loop(struct call *call, struct pollfd *all, int n)
{
    for (;;) {
        int ready;

        if (call_check(call) < 0)
            return -1;
        ready = poll_until(all, n + 1, wake_up_at(call, 0));
        if (ready > 0 && !all[n].revents)
            return ready;
        if (ready > 0 && call->lent)
            return call_check(call) < 0 ? -1 : take_nudge(call, all, n);
        if (ready > 0)
            continue; /* cancelled: call_check() says so */
        if (ready < 0 && errno != EINTR) {
            error_set_system(VIR_FROM_NONE, errno, "%s cannot wait", call->function);
            return -1;
        }
        if (ready < 0 && call->poll_hook)
            call->poll_hook = 1; /* a signal has come: ask at once whether it was Ctrl-C */
    }
}

int call_poll(struct call *call, struct pollfd *fds, int n)
{
    struct pollfd few[8];
    g_autofree struct pollfd *many =
        n + 1 > (int)G_N_ELEMENTS(few) ? g_new(struct pollfd, n + 1) : NULL;
    struct pollfd *all = many ? many : few;
    int ready;

    if (open_eventfd(call) < 0)
        return -1;
    memcpy(all, fds, n * sizeof(*fds));
    all[n] = (struct pollfd){.fd = call->eventfd, .events = POLLIN};
    ready = poll_loop(call, all, n);
    if (ready >= 0)
        memcpy(fds, all, n * sizeof(*fds));
    return ready;
}

/* One stretch of sleep: to `until`, the deadline or the hook's turn, whichever comes first. */
static int sleep_stretch(struct call *call, gint64 until)
{
    gint64 at = wake_up_at(call, until);

    if (check_hook(call) < 0)
        return -1;
    lock_guard(&call->group->lock);
    if (check_locked(call) < 0)
        return -1;
    cond_wait_until(&call->wake, &call->group->lock, at);
    return 0;
}

int call_sleep_until(struct call *call, gint64 until)
{
    while (g_get_monotonic_time() < until)
        if (sleep_stretch(call, until) < 0)
            return -1;
    return 0;
}

int call_sleep_us(struct call *call, gint64 microseconds)
{
    /* Bounded, so that the sum cannot overflow: a quarter of the range is 73,000 years. */
    return call_sleep_until(call, g_get_monotonic_time() + CLAMP(microseconds, 0, G_MAXINT64 / 4));
}
