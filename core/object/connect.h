/* A connection: its driver's tables and data, and what its calls and events share. */
#pragma once

#include "core/base/export.h"
#include "core/base/lock.h"
#include "core/event/queue.h"
#include "core/object/call.h"
#include "core/object/object.h"
#include "drivers.h"

extern const struct object_class virConnect_class;

struct connect_driver;

struct _virConnect {
    struct object base;
    struct driver_tables tables;
    struct driver_data data;
    const struct connect_driver *driver;
    char *uri;
    unsigned int flags;
    gboolean readonly;
    gboolean reconnects; /* it is to outlive what it is connected to */

    /* When set, every call asks here first: tests delay calls or make them fail. */
    int (*intercept)(virConnectPtr conn, const char *function);
    void *intercept_data;

    struct call_group calls;
    struct event_queue *events;

    lock_t lock; /* guards the rest */
    /* Whom the calls are for, as virConnectSetIdentity() has it; NULL: this process. */
    virTypedParameterPtr identity;
    int n_identity;
    virErrorFunc error_handler;
    void *error_data;
    struct error_record *error; /* of the last call that failed; NULL without one */
    GHashTable *error_copies;   /* which virConnGetLastError() gave away: thread to virError */
    virConnectCloseFunc close_callback;
    void *close_opaque;
    virFreeCallback close_free;
};

CORRAL_PRIVATE virConnectPtr connect_new(void);
/* The parameters are the connection's from now on. */
CORRAL_PRIVATE void connect_set_identity(virConnectPtr conn, virTypedParameterPtr params, int n);
/* The calling thread's copy of the connection's error, to be filled; with `lock` held. */
CORRAL_PRIVATE virErrorPtr connect_error_copy(virConnectPtr conn);
/* The one callback that hears of a broken connection; while it is there it holds the connection. A
 * connection within the process never breaks, so such a driver has no more to do than to keep it.
 */
CORRAL_PRIVATE int connect_watch_close(virConnectPtr conn, virConnectCloseFunc callback,
                                       void *opaque, virFreeCallback freecb);
CORRAL_PRIVATE int connect_unwatch_close(virConnectPtr conn, virConnectCloseFunc callback);
/* Calls it; from the event loop. */
CORRAL_PRIVATE void connect_tell_closed(virConnectPtr conn, int reason);
