/* Connections: what open, close and friends do before and behind a driver. */
#include <string.h>

#include "core/driver/registry.h"
#include "core/public/entry.h"

#define ORIGIN VIR_FROM_NONE
#define VERSION_NUMBER LIBVIR_VERSION_NUMBER

int virInitialize(void)
{
    log_init();
    return 0;
}

static virConnectPtr open_checked(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    virConnectPtr conn = NULL;

    error_reset();
    log_init();
    if (flags & ~(VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES))
        entry_flags(ORIGIN, flags, "VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES", "virConnectOpenAuth");
    else
        conn = registry_open(name, auth, flags);
    if (!conn)
        error_dispatch(NULL);
    return conn;
}

virConnectPtr virConnectOpen(const char *name)
{
    return open_checked(name, NULL, 0);
}

virConnectPtr virConnectOpenReadOnly(const char *name)
{
    return open_checked(name, NULL, VIR_CONNECT_RO);
}

virConnectPtr virConnectOpenAuth(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    return open_checked(name, auth, flags);
}

int virConnectClose(virConnectPtr conn)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    return object_unref(&conn->base);
fail:
    error_dispatch(NULL);
    return -1;
}

char *virConnectGetURI(virConnectPtr conn)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    return strdup(conn->uri);
fail:
    error_dispatch(NULL);
    return NULL;
}

int virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer)
{
    error_reset();
    CHECK_NONNULL(libVer);
    (void)type; /* drivers no longer have versions of their own */
    *libVer = VERSION_NUMBER;
    if (typeVer)
        *typeVer = VERSION_NUMBER;
    return 0;
fail:
    error_dispatch(NULL);
    return -1;
}

/* Of the other side, where there is one; without a daemon in between it is this library. */
int virConnectGetLibVersion(virConnectPtr conn, unsigned long *libVer)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK_NONNULL(libVer);
    if (!conn->driver->lib_version)
        *libVer = VERSION_NUMBER;
    else if (conn->driver->lib_version(conn, libVer) < 0)
        goto fail;
    return 0;
fail:
    error_dispatch(is_virConnect(conn) ? conn : NULL);
    return -1;
}
