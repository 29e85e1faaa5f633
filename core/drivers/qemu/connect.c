/* What connections tell of the host. */
#include "core/base/hostname.h"
#include "core/conf/guest/event.h"
#include "core/drivers/qemu/guest.h"

const char *qemu_connectGetType(virConnectPtr conn)
{
    return "QEMU";
}

/* That of the binary that a guest without any wish gets. */
int qemu_connectGetVersion(virConnectPtr conn, unsigned long *hvVer)
{
    struct qemu_host *host = host_of(conn);
    g_autofree char *binary = caps_emulator(host->facts.arch);
    g_autoptr(qemu_caps) caps = binary ? caps_lookup(host->caps, binary) : NULL;

    if (!binary)
        qemu_error(INTERNAL_ERROR, "no QEMU for guests of architecture '%s' is installed",
                   host->facts.arch);
    if (!caps)
        return -1;
    *hvVer = caps_version(caps);
    return 0;
}

char *qemu_connectGetHostname(virConnectPtr conn)
{
    return hostname_dup();
}

int qemu_connectIsAlive(virConnectPtr conn)
{
    return 1;
}

int qemu_connectIsEncrypted(virConnectPtr conn)
{
    return 0;
}

/* Nothing leaves the process. */
int qemu_connectIsSecure(virConnectPtr conn)
{
    return 1;
}

int qemu_connectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
                                      virFreeCallback freecb)
{
    return connect_watch_close(conn, cb, opaque, freecb);
}

int qemu_connectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
    return connect_unwatch_close(conn, cb);
}

int qemu_connectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb,
                                    void *opaque, virFreeCallback freecb)
{
    return guest_event_register_legacy(conn, cb, opaque, freecb);
}

int qemu_connectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    return guest_event_deregister_legacy(conn, cb);
}

int qemu_connectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
                                       virConnectDomainEventGenericCallback cb, void *opaque,
                                       virFreeCallback freecb)
{
    return guest_event_register(conn, dom, eventID, cb, opaque, freecb);
}

int qemu_connectDomainEventDeregisterAny(virConnectPtr conn, int callbackID)
{
    return guest_event_deregister(conn, callbackID);
}
