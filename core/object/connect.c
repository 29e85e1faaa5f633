#include "core/object/connect.h"

#include <string.h>

#include "core/base/export.h"
#include "core/driver/registry.h"
#include "core/object/error.h"
#include "objects.h"

static void connect_dispose(struct object *object)
{
    virConnectPtr conn = (virConnectPtr)object;

    /* waiting calls may look at the driver's state, so they go first */
    call_group_clear(&conn->calls);
    if (conn->driver && conn->driver->close)
        conn->driver->close(conn);
    event_queue_close(conn->events);
    if (conn->close_free)
        conn->close_free(conn->close_opaque);
    error_clear(&conn->error);
    g_free(conn->uri);
    lock_clear(&conn->lock);
}

const struct object_class virConnect_class = {
    "virConnect", sizeof(struct _virConnect), VIR_ERR_INVALID_CONN, VIR_FROM_NONE, connect_dispose,
};

/* An event callback gets the connection handed, so each registration keeps it. */
static void connect_hold(virConnectPtr conn)
{
    object_ref(&conn->base);
}

static void connect_release(virConnectPtr conn)
{
    object_unref(&conn->base);
}

virConnectPtr connect_new(void)
{
    virConnectPtr conn = object_new(&virConnect_class);

    lock_init(&conn->lock);
    call_group_init(&conn->calls);
    conn->events = event_queue_new(conn, connect_hold, connect_release);
    return conn;
}
