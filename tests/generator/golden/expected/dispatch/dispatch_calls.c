#include "core/daemon/dispatch.h"

#include <corral/lxc.h>
#include <corral/qemu.h>

#include "internal.h"
#include "wire_objects.h"

static int dispatch_farm_lookup_by_uuid(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_farm_lookup_by_uuid_args *args = message;
    wire_farm_lookup_by_uuid_ret *ret = answer;
    int status = -1;

    {
        virFarmPtr outcome = virFarmLookupByUUID(call->conn, args->uuid);

        if (outcome != NULL) {
            dispatch_keep(call, &outcome->base);
            ret->result = wire_of_farm(outcome);
            status = 0;
        }
    }
    return status;
}

static int dispatch_farm_get_info(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_farm_get_info_args *args = message;
    wire_farm_get_info_ret *ret = answer;
    virFarmPtr farm = wire_new_farm(call->conn, &args->farm);
    int status = -1;

    {
        int outcome = virFarmGetInfo(farm, &ret->info);

        if (outcome >= 0) {
            status = 0;
        }
    }
    object_unref(&farm->base);
    return status;
}

static int dispatch_farm_get_tuning(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_farm_get_tuning_args *args = message;
    wire_farm_get_tuning_ret *ret = answer;
    virFarmPtr farm = wire_new_farm(call->conn, &args->farm);
    int nparams = args->nparams;
    int status = -1;

    if (dispatch_check_room("virFarmGetTuning", args->nparams, 1, 4) < 0)
        goto done;
    ret->params = args->nparams ? g_malloc0_n(args->nparams, sizeof(*ret->params)) : NULL;
    {
        int outcome = virFarmGetTuning(farm, (virTypedParameterPtr)ret->params, &nparams, args->flags);

        if (outcome >= 0) {
            ret->nparams = nparams;
            ret->params_count = args->nparams ? nparams : 0;
            status = 0;
        }
    }
    done:
    object_unref(&farm->base);
    return status;
}


static const dispatch_function remote_calls[5] = {
    [1] = dispatch_farm_lookup_by_uuid,
    [2] = dispatch_farm_get_info,
    [3] = dispatch_farm_get_tuning,
};

dispatch_function dispatch_find(guint32 program, gint32 procedure)
{
    switch (program) {
    case WIRE_PROGRAM_REMOTE:
        return procedure >= 0 && (size_t)procedure < G_N_ELEMENTS(remote_calls) ? remote_calls[procedure] : NULL;
    default:
        return NULL;
    }
}
