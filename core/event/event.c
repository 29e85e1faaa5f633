/* The registered event loop, and the public calls on it. They have no connection and no driver, so
 * each is an entry point of its own. */
#include "core/base/export.h"
#include "core/base/lock.h"
#include "core/base/log.h"
#include "core/event/loop.h"
#include "core/object/error.h"

struct event_impl {
    virEventAddHandleFunc add_handle;
    virEventUpdateHandleFunc update_handle;
    virEventRemoveHandleFunc remove_handle;
    virEventAddTimeoutFunc add_timeout;
    virEventUpdateTimeoutFunc update_timeout;
    virEventRemoveTimeoutFunc remove_timeout;
};

/* The first registration is for the life of the process: ids that an implementation has given out
 * mean nothing to another. So what these point to never changes once it is there. */
static lock_t register_lock = LOCK_INITIALIZER;
static struct event_impl registered;
static const struct event_impl *implementation;
static struct loop *default_loop;

static const struct event_impl *get_implementation(void)
{
    return __atomic_load_n(&implementation, __ATOMIC_ACQUIRE);
}

static struct loop *get_default_loop(void)
{
    return __atomic_load_n(&default_loop, __ATOMIC_ACQUIRE);
}

CORRAL_PRIVATE gboolean event_loop_registered(void)
{
    return get_implementation() != NULL;
}

int event_loop_require(const char *what)
{
    if (event_loop_registered())
        return 0;
    error_set(VIR_FROM_EVENT, VIR_ERR_INTERNAL_ERROR,
              "%s needs an event loop: call virEventRegisterDefaultImpl() or "
              "virEventRegisterImpl() before",
              what);
    return -1;
}

/* Applications' functions need not know how to record an error. */
static int check_added(int id, const char *what)
{
    if (id < 0 && error_code() == VIR_ERR_OK)
        error_set(VIR_FROM_EVENT, VIR_ERR_INTERNAL_ERROR, "the registered event loop did not %s",
                  what);
    return id < 0 ? -1 : id;
}

int event_add_handle(int fd, int events, virEventHandleCallback cb, void *opaque,
                     virFreeCallback ff)
{
    if (event_loop_require("watching a file descriptor") < 0)
        return -1;
    return check_added(get_implementation()->add_handle(fd, events, cb, opaque, ff),
                       "accept the handle");
}

void event_update_handle(int watch, int events)
{
    if (event_loop_require("updating a handle") == 0)
        get_implementation()->update_handle(watch, events);
}

int event_remove_handle(int watch)
{
    if (event_loop_require("removing a handle") < 0)
        return -1;
    return check_added(get_implementation()->remove_handle(watch), "remove the handle");
}

int event_add_timeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
    if (event_loop_require("adding a timeout") < 0)
        return -1;
    return check_added(get_implementation()->add_timeout(timeout, cb, opaque, ff),
                       "accept the timeout");
}

void event_update_timeout(int timer, int timeout)
{
    if (event_loop_require("updating a timeout") == 0)
        get_implementation()->update_timeout(timer, timeout);
}

int event_remove_timeout(int timer)
{
    if (event_loop_require("removing a timeout") < 0)
        return -1;
    return check_added(get_implementation()->remove_timeout(timer), "remove the timeout");
}

/* Between the default loop and the six function types there are only these: they have no opaque. */
static int default_add_handle(int fd, int events, virEventHandleCallback cb, void *opaque,
                              virFreeCallback ff)
{
    return loop_add_handle(get_default_loop(), fd, events, cb, opaque, ff);
}

static void default_update_handle(int watch, int events)
{
    loop_update_handle(get_default_loop(), watch, events);
}

static int default_remove_handle(int watch)
{
    return loop_remove_handle(get_default_loop(), watch);
}

static int default_add_timeout(int timeout, virEventTimeoutCallback cb, void *opaque,
                               virFreeCallback ff)
{
    return loop_add_timeout(get_default_loop(), timeout, cb, opaque, ff);
}

static void default_update_timeout(int timer, int timeout)
{
    loop_update_timeout(get_default_loop(), timer, timeout);
}

static int default_remove_timeout(int timer)
{
    return loop_remove_timeout(get_default_loop(), timer);
}

/* With the lock held; the first one stays. */
static void register_implementation(const struct event_impl *impl)
{
    if (implementation) {
        log_warning("an event loop is registered already; the new one is ignored");
        return;
    }
    registered = *impl;
    __atomic_store_n(&implementation, &registered, __ATOMIC_RELEASE);
}

void virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
                          virEventRemoveHandleFunc removeHandle, virEventAddTimeoutFunc addTimeout,
                          virEventUpdateTimeoutFunc updateTimeout,
                          virEventRemoveTimeoutFunc removeTimeout)
{
    struct event_impl impl = {addHandle,  updateHandle,  removeHandle,
                              addTimeout, updateTimeout, removeTimeout};

    error_reset();
    if (!addHandle || !updateHandle || !removeHandle || !addTimeout || !updateTimeout ||
        !removeTimeout) {
        error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG,
                  "an event loop needs all six functions; at least one of them is NULL");
        error_dispatch(NULL);
        return;
    }
    lock_guard(&register_lock);
    register_implementation(&impl);
}

int virEventRegisterDefaultImpl(void)
{
    static const struct event_impl impl = {
        default_add_handle,  default_update_handle,  default_remove_handle,
        default_add_timeout, default_update_timeout, default_remove_timeout,
    };

    error_reset();
    lock_guard(&register_lock);
    if (!default_loop) {
        struct loop *loop = loop_new(NULL);

        if (!loop)
            return error_report(-1);
        __atomic_store_n(&default_loop, loop, __ATOMIC_RELEASE);
    }
    register_implementation(&impl);
    return 0;
}

int virEventRunDefaultImpl(void)
{
    struct loop *loop;

    error_reset();
    loop = get_default_loop();
    if (!loop) {
        error_set(VIR_FROM_EVENT, VIR_ERR_INTERNAL_ERROR,
                  "the default event loop is not there: call virEventRegisterDefaultImpl() before");
        return error_report(-1);
    }
    return error_report(loop_run_once(loop));
}

int virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque,
                      virFreeCallback ff)
{
    error_reset();
    return error_report(event_add_handle(fd, events, cb, opaque, ff));
}

void virEventUpdateHandle(int watch, int events)
{
    error_reset();
    event_update_handle(watch, events);
    if (error_code() != VIR_ERR_OK)
        error_dispatch(NULL);
}

int virEventRemoveHandle(int watch)
{
    error_reset();
    return error_report(event_remove_handle(watch));
}

int virEventAddTimeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
    error_reset();
    return error_report(event_add_timeout(timeout, cb, opaque, ff));
}

void virEventUpdateTimeout(int timer, int timeout)
{
    error_reset();
    event_update_timeout(timer, timeout);
    if (error_code() != VIR_ERR_OK)
        error_dispatch(NULL);
}

int virEventRemoveTimeout(int timer)
{
    error_reset();
    return error_report(event_remove_timeout(timer));
}
