#include "core/public/entry.h"

#undef ORIGIN
#define ORIGIN VIR_FROM_FARM
virFarmPtr virFarmLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    virConnectPtr connection = NULL;

    error_reset();
    CHECK_OBJECT(virConnect, conn);
    connection = conn;
    CHECK_NONNULL(uuid);
    CHECK_SLOT(connection, hypervisor, farmLookupByUUID);
    {
        virFarmPtr outcome = connection->tables.hypervisor->farmLookupByUUID(conn, uuid);

        if (G_LIKELY(outcome != NULL))
            return outcome;
    }
fail:
    error_dispatch(connection);
    return NULL;
}

#undef ORIGIN
#define ORIGIN VIR_FROM_FARM
int virFarmGetInfo(virFarmPtr farm, virFarmInfoPtr info)
{
    virConnectPtr connection = NULL;

    error_reset();
    CHECK_OBJECT(virFarm, farm);
    connection = farm->conn;
    CHECK_NONNULL(info);
    memset(info, 0, sizeof(*info));
    CHECK_SLOT(connection, hypervisor, farmGetInfo);
    {
        int outcome = connection->tables.hypervisor->farmGetInfo(farm, info);

        if (G_LIKELY(outcome >= 0))
            return outcome;
    }
fail:
    error_dispatch(connection);
    return -1;
}

#undef ORIGIN
#define ORIGIN VIR_FROM_FARM
int virFarmGetTuning(virFarmPtr farm, virTypedParameterPtr params, int *nparams, unsigned int flags)
{
    virConnectPtr connection = NULL;

    error_reset();
    CHECK_OBJECT(virFarm, farm);
    connection = farm->conn;
    CHECK_READ_ONLY_WITHOUT(connection, flags & VIR_FARM_OPEN, "VIR_FARM_OPEN");
    CHECK_TWO_CALL(params, nparams);
    CHECK_NONNULL(nparams);
    CHECK_EXCLUSIVE(flags, VIR_FARM_FENCED, VIR_FARM_OPEN);
    CHECK_SLOT(connection, hypervisor, farmGetTuning);
    {
        int outcome = connection->tables.hypervisor->farmGetTuning(farm, params, nparams, flags);

        if (G_LIKELY(outcome >= 0))
            return outcome;
    }
fail:
    error_dispatch(connection);
    return -1;
}

#undef ORIGIN
#define ORIGIN VIR_FROM_FARM
int virFarmListAll(virConnectPtr conn, virFarmPtr **farms, unsigned int flags)
{
    virConnectPtr connection = NULL;

    error_reset();
    CHECK_OBJECT(virConnect, conn);
    connection = conn;
    CLEAR_POINTER(farms);
    CHECK_SLOT(connection, hypervisor, farmListAll);
    {
        int outcome = connection->tables.hypervisor->farmListAll(conn, farms, flags);

        if (G_LIKELY(outcome >= 0))
            return outcome;
    }
fail:
    error_dispatch(connection);
    return -1;
}

#undef ORIGIN
#define ORIGIN VIR_FROM_FARM
int virFarmClose(virFarmPtr farm, unsigned int days)
{
    virConnectPtr connection = NULL;

    error_reset();
    CHECK_OBJECT(virFarm, farm);
    connection = farm->conn;
    CHECK_WRITE(connection);
    CHECK_UNSIGNED_MIN(days, "days", 1);
    CHECK_SLOT(connection, hypervisor, farmClose);
    {
        int outcome = connection->tables.hypervisor->farmClose(farm, days);

        if (G_LIKELY(outcome >= 0))
            return outcome;
    }
fail:
    error_dispatch(connection);
    return -1;
}

#undef ORIGIN
#define ORIGIN VIR_FROM_FARM
virFarmPtr virFarmLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK_NONNULL(uuidstr);
    unsigned char uuidstr_bytes[VIR_UUID_BUFLEN];
    CHECK_UUID(uuidstr, uuidstr_bytes);
    return virFarmLookupByUUID(conn, uuidstr_bytes);
fail:
    error_dispatch(is_virConnect(conn) ? conn : NULL);
    return NULL;
}
