#include "shim.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/shim_support.h"
#include "shim_private.h"

bind_value bind_virFarmLookupByUUID(virConnectPtr conn, const bind_value *given_uuid)
{
    virFarmPtr outcome;
    const unsigned char *uuid;
    bind_value to_script = bind_null();

    if (bind_to_uuid(&(struct bind_site){ "virConnect.farmLookupByUUID", "uuid" }, given_uuid, &uuid, &to_script) < 0)
        goto out;
    outcome = virFarmLookupByUUID(conn, uuid);
    if (outcome == NULL) {
        to_script = bind_absent();
        goto out;
    }
    to_script = bind_take_object(BIND_virFarm, outcome);
    out:
    return to_script;
}

bind_value bind_virFarmLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
    virFarmPtr outcome = virFarmLookupByUUIDString(conn, uuidstr);
    if (outcome == NULL)
        return bind_absent();
    return bind_take_object(BIND_virFarm, outcome);
}

bind_value bind_virFarmGetName(virFarmPtr farm)
{
    const char *outcome = virFarmGetName(farm);
    if (outcome == NULL)
        return bind_absent();
    return bind_borrow_string(outcome);
}

bind_value bind_virFarmGetInfo(virFarmPtr farm)
{
    virFarmInfo info = { 0 };

    int outcome = virFarmGetInfo(farm, &info);
    if (outcome < 0)
        return bind_error();
    return from_virFarmInfo(&info);
}

bind_value bind_virFarmGetTuning(virFarmPtr farm, unsigned int flags)
{
    int outcome;
    virTypedParameter *params = NULL;
    int nparams = 0;
    bind_value to_script = bind_null();

    if (virFarmGetTuning(farm, params, &nparams, flags) < 0) {
        to_script = bind_error();
        goto out;
    }
    params = g_new0(virTypedParameter, MAX(nparams, 0) + 1);
    outcome = virFarmGetTuning(farm, params, &nparams, flags);
    if (outcome < 0) {
        to_script = bind_error();
        goto out;
    }
    to_script = bind_from_params(params, (size_t)nparams);
    out:
    if (params)
        virTypedParamsFree(params, nparams);
    return to_script;
}

bind_value bind_virFarmListAll(virConnectPtr conn, unsigned int flags)
{
    virFarmPtr *farms = NULL;

    int outcome = virFarmListAll(conn, &farms, flags);
    if (outcome < 0)
        return bind_error();
    return bind_take_objects(BIND_virFarm, (void **)farms, (size_t)outcome);
}

bind_value bind_virFarmClose(virFarmPtr farm, unsigned int days)
{
    int outcome = virFarmClose(farm, days);
    if (outcome < 0)
        return bind_error();
    return bind_done();
}
