/* Event loops: the registered implementation as the library calls it, and the default one. */
#pragma once

#include <corral/corral.h>
#include <glib.h>

#include "core/base/export.h"

/* What virEventRegisterImpl() or virEventRegisterDefaultImpl() has left; the public calls without
 * their error_reset(), for use within other calls. Each failure records an error. */
CORRAL_PRIVATE gboolean event_loop_registered(void);
/* -1 with an error unless a loop is registered; `what` names what needs one. */
CORRAL_PRIVATE int event_loop_require(const char *what);
CORRAL_PRIVATE int event_add_handle(int fd, int events, virEventHandleCallback cb, void *opaque,
                                    virFreeCallback ff);
CORRAL_PRIVATE void event_update_handle(int watch, int events);
CORRAL_PRIVATE int event_remove_handle(int watch);
CORRAL_PRIVATE int event_add_timeout(int timeout, virEventTimeoutCallback cb, void *opaque,
                                     virFreeCallback ff);
CORRAL_PRIVATE void event_update_timeout(int timer, int timeout);
CORRAL_PRIVATE int event_remove_timeout(int timer);

/* The default implementation: any number of handles and timers behind one source of a main context.
 * All calls may come from any thread, callbacks included; callbacks run in the thread that iterates
 * the context, and so do the free callbacks, never within a call that removes. */
struct loop;

CORRAL_PRIVATE struct loop *loop_new(GMainContext *context); /* NULL for the default context */
/* Nobody may be inside the loop. Runs the free callbacks of what is still there. */
CORRAL_PRIVATE void loop_free(struct loop *loop);

CORRAL_PRIVATE int loop_add_handle(struct loop *loop, int fd, int events, virEventHandleCallback cb,
                                   void *opaque, virFreeCallback ff);
CORRAL_PRIVATE int loop_update_handle(struct loop *loop, int id, int events);
CORRAL_PRIVATE int loop_remove_handle(struct loop *loop, int id);
/* `timeout` in milliseconds: -1 rests, 0 fires in every iteration. */
CORRAL_PRIVATE int loop_add_timeout(struct loop *loop, int timeout, virEventTimeoutCallback cb,
                                    void *opaque, virFreeCallback ff);
CORRAL_PRIVATE int loop_update_timeout(struct loop *loop, int id, int timeout);
CORRAL_PRIVATE int loop_remove_timeout(struct loop *loop, int id);

/* One iteration of the context: waits until something is to be done, does it. With an interrupt
 * hook (core/object/call.h) it also comes back after 100 ms, and with -1 when the hook says stop.
 * It may be called within a callback, and then leaves out the callbacks that are on the stack. */
CORRAL_PRIVATE int loop_run_once(struct loop *loop);
