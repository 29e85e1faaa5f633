/* A connection whose driver does what a test says. */
#pragma once

#include "core/driver/registry.h"
#include "core/public/entry.h"

static int failing_status; /* what the slot answers */
static int failing_code;   /* the error that it records; VIR_ERR_OK for none */

static int failing_get_info(virDomainPtr domain, virDomainInfoPtr info)
{
    info->state = VIR_DOMAIN_RUNNING;
    if (failing_code)
        error_set(VIR_FROM_TEST, failing_code, "of '%s'", domain->name);
    return failing_status;
}

static inline virConnectPtr failing_connection(void)
{
    static const struct connect_driver driver = {.name = "Failing"};
    static const struct hypervisor_driver hypervisor = {.name = "Failing",
                                                        .domainGetInfo = failing_get_info};
    virConnectPtr conn = connect_new();

    conn->uri = g_strdup("failing:///");
    conn->driver = &driver;
    conn->tables.hypervisor = &hypervisor;
    return conn;
}

static inline virDomainPtr failing_domain(virConnectPtr conn)
{
    static const unsigned char uuid[VIR_UUID_BUFLEN] = {1};

    return new_domain(conn, "guest", uuid, 1);
}
