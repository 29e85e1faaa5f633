/* What a driver implements: every slot has the prototype of the public call of that name. */
#pragma once

#include <corral/corral.h>
#include <corral/qemu.h>
#include <corral/lxc.h>

struct hypervisor_driver {
    const char *name;
    virFarmPtr (*farmLookupByUUID)(virConnectPtr conn, const unsigned char *uuid);
    int (*farmGetInfo)(virFarmPtr farm, virFarmInfoPtr info);
    int (*farmGetTuning)(virFarmPtr farm, virTypedParameterPtr params, int *nparams, unsigned int flags);
    int (*farmListAll)(virConnectPtr conn, virFarmPtr **farms, unsigned int flags);
    int (*farmClose)(virFarmPtr farm, unsigned int days);
};

/* The tables of one connection, and what each driver keeps with it. */
struct driver_tables {
    const struct hypervisor_driver *hypervisor;
};

struct driver_data {
    void *hypervisor;
};
