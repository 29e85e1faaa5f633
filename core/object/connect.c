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
    error_record_unref(conn->error);
    g_clear_pointer(&conn->error_copies, g_hash_table_destroy);
    g_free(conn->uri);
    virTypedParamsFree(conn->identity, conn->n_identity);
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

void connect_set_identity(virConnectPtr conn, virTypedParameterPtr params, int n)
{
    lock_guard(&conn->lock);
    virTypedParamsFree(conn->identity, conn->n_identity);
    conn->identity = params;
    conn->n_identity = n;
}

static void error_copy_free(void *data)
{
    error_clear(data);
    g_free(data);
}

virErrorPtr connect_error_copy(virConnectPtr conn)
{
    static __thread char self; /* its address tells threads apart; a later thread may inherit it */
    virErrorPtr copy;

    if (!conn->error_copies)
        conn->error_copies = g_hash_table_new_full(NULL, NULL, NULL, error_copy_free);
    copy = g_hash_table_lookup(conn->error_copies, &self);
    if (!copy) {
        copy = g_new0(virError, 1);
        g_hash_table_insert(conn->error_copies, &self, copy);
    }
    return copy;
}

int connect_watch_close(virConnectPtr conn, virConnectCloseFunc callback, void *opaque,
                        virFreeCallback freecb)
{
    lock_guard(&conn->lock);
    if (conn->close_callback) {
        error_set(VIR_FROM_NONE, VIR_ERR_OPERATION_INVALID,
                  "a close callback is already registered");
        return -1;
    }
    conn->close_callback = callback;
    conn->close_opaque = opaque;
    conn->close_free = freecb;
    connect_hold(conn);
    return 0;
}

int connect_unwatch_close(virConnectPtr conn, virConnectCloseFunc callback)
{
    virFreeCallback freecb;
    void *opaque;

    lock_take(&conn->lock);
    if (!conn->close_callback || conn->close_callback != callback) {
        lock_drop(&conn->lock);
        error_set(VIR_FROM_NONE, VIR_ERR_OPERATION_INVALID,
                  "the callback is not the registered close callback");
        return -1;
    }
    freecb = conn->close_free;
    opaque = conn->close_opaque;
    conn->close_callback = NULL;
    conn->close_free = NULL;
    lock_drop(&conn->lock);
    if (freecb)
        freecb(opaque);
    connect_release(conn);
    return 0;
}

/* The callback may take itself out, and the connection with it. */
void connect_tell_closed(virConnectPtr conn, int reason)
{
    virConnectCloseFunc callback;
    void *opaque;

    lock_take(&conn->lock);
    callback = conn->close_callback;
    opaque = conn->close_opaque;
    lock_drop(&conn->lock);
    if (!callback)
        return;
    connect_hold(conn);
    callback(conn, reason, opaque);
    connect_release(conn);
}
