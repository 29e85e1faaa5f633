/* What a language's wrappers call; see bindings/value.h. */
#pragma once

#include "bindings/closure.h"
#include "bindings/value.h"

enum bind_class {
    BIND_virConnect,
    BIND_virFarm,
};

bind_value bind_virFarmLookupByUUID(virConnectPtr conn, const bind_value *given_uuid);
bind_value bind_virFarmLookupByUUIDString(virConnectPtr conn, const char *uuidstr);
bind_value bind_virFarmGetName(virFarmPtr farm);
bind_value bind_virFarmGetInfo(virFarmPtr farm);
bind_value bind_virFarmGetTuning(virFarmPtr farm, unsigned int flags);
bind_value bind_virFarmListAll(virConnectPtr conn, unsigned int flags);
bind_value bind_virFarmClose(virFarmPtr farm, unsigned int days);

/* For a script's event loop: the C functions that it was given. */
bind_value bind_free_native(struct native_callback *callback);
