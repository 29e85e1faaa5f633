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
};

/* Opens what `name` says; NULL: LIBVIRT_DEFAULT_URI, then the client configuration, then the first
 * driver that answers. */
virConnectPtr registry_open(const char *name, virConnectAuthPtr auth, unsigned int flags);

/* From now on nothing is opened that is elsewhere: for daemons, before the first connection. */
CORRAL_PRIVATE void registry_serve_only(void);
