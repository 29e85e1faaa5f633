/* A connection whose driver waits: 10 minutes, or until somebody ends the call. */
#pragma once

#include "core/driver/registry.h"
#include "core/public/entry.h"

static inline int waiting_create(virDomainPtr domain)
{
    struct call call;
    int result;

    call_begin_as(&call, &domain->conn->calls, "virDomainCreate");
    result = call_sleep(&call, 600000);
    call_end(&call);
    return result;
}

static inline virConnectPtr waiting_connection(void)
{
    static const struct connect_driver driver = {.name = "Waiting"};
    static const struct hypervisor_driver hypervisor = {.name = "Waiting",
                                                        .domainCreate = waiting_create};
    virConnectPtr conn = connect_new();

    conn->uri = g_strdup("waiting:///");
    conn->driver = &driver;
    conn->tables.hypervisor = &hypervisor;
    return conn;
}

static inline virDomainPtr waiting_domain(virConnectPtr conn)
{
    static const unsigned char uuid[VIR_UUID_BUFLEN] = {1};

    return new_domain(conn, "guest", uuid, 1);
}
