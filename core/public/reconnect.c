/* Connections that outlive what they are connected to. */
#include <corral/reconnect.h>

#include "core/driver/registry.h"
#include "core/event/loop.h"
#include "core/public/entry.h"

#define ORIGIN VIR_FROM_NONE
#define FLAGS (VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES)

virConnectPtr corralOpenReconnecting(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    virConnectPtr conn = NULL;

    error_reset();
    log_init();
    if (flags & ~FLAGS)
        entry_flags(ORIGIN, flags, "VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES", __func__);
    else
        conn = registry_open(name, auth, flags | CONNECT_RECONNECTS);
    if (!conn)
        error_dispatch(NULL);
    return conn;
}

static void not_reconnecting(const char *function)
{
    error_set(ORIGIN, VIR_ERR_OPERATION_INVALID,
              "%s: the connection does not reconnect: open it with corralOpenReconnecting()",
              function);
}

int corralRegisterGapCallback(virConnectPtr conn, corralGapCallback cb, void *opaque,
                              virFreeCallback freecb)
{
    struct event_registration registration = {.klass = EVENT_KLASS_GAP,
                                              .id = EVENT_ID_GAP,
                                              .callback = (event_callback)cb,
                                              .opaque = opaque,
                                              .freecb = freecb};
    int id;

    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK_NONNULL(cb);
    CHECK(conn->reconnects, not_reconnecting(__func__));
    if (event_loop_require("registering for gaps") < 0 ||
        (conn->driver->watch_gaps && conn->driver->watch_gaps(conn) < 0))
        goto fail;
    id = event_queue_register(conn->events, &registration);
    if (id >= 0)
        return id;
    if (conn->driver->unwatch_gaps)
        conn->driver->unwatch_gaps(conn);
fail:
    error_dispatch(is_virConnect(conn) ? conn : NULL);
    return -1;
}

int corralDeregisterGapCallback(virConnectPtr conn, int callbackID)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    if (event_queue_event_of(conn->events, EVENT_KLASS_GAP, callbackID) > EVENT_ID_GAP)
        callbackID = -1; /* one of the driver's own */
    if (event_queue_deregister(conn->events, EVENT_KLASS_GAP, callbackID) < 0)
        goto fail;
    if (conn->driver->unwatch_gaps)
        conn->driver->unwatch_gaps(conn);
    return 0;
fail:
    error_dispatch(is_virConnect(conn) ? conn : NULL);
    return -1;
}
