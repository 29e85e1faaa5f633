/* From a URI to a driver. */
#pragma once

#include <corral/corral.h>
#include <glib.h>

#include "core/base/export.h"

enum open_result {
    OPEN_OK,
    OPEN_DECLINED, /* not this driver's URI */
    OPEN_FAILED,   /* this driver's, and the error is recorded */
};

struct connect_driver {
    const char *name; /* as virConnectGetType() answers */
    enum open_result (*open)(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth,
                             unsigned int flags);
    void (*close)(virConnectPtr conn);
    gboolean quick_reads; /* calls that change nothing are answered from memory */
    /* The URI that the driver answers to when nobody named one; NULL for never. */
    const char *(*probe)(void);
    /* The release of what is at the other end; NULL: it is this library. -1 with an error. */
    int (*lib_version)(virConnectPtr conn, unsigned long *ret_version);
    /* For a connection that reconnects: events of EVENT_KLASS_GAP are wanted, or not any more; as
     * often as there are callbacks. NULL: there are no gaps. -1 with an error. */
    int (*watch_gaps)(virConnectPtr conn);
    void (*unwatch_gaps)(virConnectPtr conn);
    /* Of modules in a daemon, module.h; -1 with an error. */
    int (*begin)(void);
    void (*end)(void);
};

/* In a connection's event queue: what corralGapCallback is told. */
#define EVENT_KLASS_GAP (G_MAXINT16 - 1)
#define EVENT_ID_GAP 0

/* Beside the public flags: the connection is to outlive what it is connected to. */
#define CONNECT_RECONNECTS (1u << 31)

/* Opens what `name` says; NULL: LIBVIRT_DEFAULT_URI, then the client configuration, then the first
 * driver that answers. */
CORRAL_PRIVATE virConnectPtr registry_open(const char *name, virConnectAuthPtr auth,
                                           unsigned int flags);

/* From now on nothing is opened that is elsewhere: for daemons, before the first connection. */
CORRAL_PRIVATE void registry_serve_only(void);
