#include "core/drivers/remote/call.h"

#include "remote_slots.h"
#include "wire_objects.h"

static virFarmPtr remote_farmLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    wire_farm_lookup_by_uuid_args args = {.uuid = uuid};
    wire_farm_lookup_by_uuid_ret ret;
    virFarmPtr result;

    if (remote_call(conn, "virFarmLookupByUUID", WIRE_PROGRAM_REMOTE, WIRE_PROC_FARM_LOOKUP_BY_UUID, &args, &ret) < 0)
        return NULL;
    result = wire_new_farm(conn, &ret.result);
    wire_clear(WIRE_FARM_LOOKUP_BY_UUID_RET, &ret);
    return result;
}

static int remote_farmGetInfo(virFarmPtr farm, virFarmInfoPtr info)
{
    virConnectPtr conn = farm->conn;
    wire_farm_get_info_args args = {.farm = wire_of_farm(farm)};
    wire_farm_get_info_ret ret;

    if (remote_call(conn, "virFarmGetInfo", WIRE_PROGRAM_REMOTE, WIRE_PROC_FARM_GET_INFO, &args, &ret) < 0)
        return -1;
    *info = ret.info;
    memset(&ret.info, 0, sizeof(ret.info));
    wire_clear(WIRE_FARM_GET_INFO_RET, &ret);
    return 0;
}

static int remote_farmGetTuning(virFarmPtr farm, virTypedParameterPtr params, int *nparams, unsigned int flags)
{
    virConnectPtr conn = farm->conn;
    wire_farm_get_tuning_args args = {.farm = wire_of_farm(farm), .nparams = *nparams, .flags = flags};
    wire_farm_get_tuning_ret ret;

    if (remote_call(conn, "virFarmGetTuning", WIRE_PROGRAM_REMOTE, WIRE_PROC_FARM_GET_TUNING, &args, &ret) < 0)
        return -1;
    if (remote_check_room("virFarmGetTuning", ret.params_count, *nparams) < 0) {
        wire_clear(WIRE_FARM_GET_TUNING_RET, &ret);
        return -1;
    }
    if (params) {
        if (ret.params_count) {
            memcpy(params, ret.params, ret.params_count * sizeof(*params));
            ret.params_count = 0;
            g_clear_pointer(&ret.params, g_free);
        }
    }
    *nparams = ret.nparams;
    wire_clear(WIRE_FARM_GET_TUNING_RET, &ret);
    return 0;
}

const struct hypervisor_driver remote_hypervisor_driver = {
    .name = "remote",
    .farmLookupByUUID = remote_farmLookupByUUID,
    .farmGetInfo = remote_farmGetInfo,
    .farmGetTuning = remote_farmGetTuning,
};

const struct driver_tables remote_tables = {
    .hypervisor = &remote_hypervisor_driver,
};
