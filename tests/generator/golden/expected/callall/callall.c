#include <corral/common.h>
#include <corral/farm.h>
#include "tests/support/every_call.h"

static const struct hypervisor_driver empty_hypervisor;

void every_call_fill(virConnectPtr conn)
{
    conn->tables.hypervisor = &empty_hypervisor;
}

struct world {
    virConnectPtr virConnect;
    virFarmPtr virFarm;
};

static struct world worlds[EVERY_CALL_WORLDS];
static struct world *const full = &worlds[0], *const readonly = &worlds[1], *const bare = &worlds[2];

void every_call_set_up(int number, virConnectPtr conn)
{
    struct world *world = &worlds[number];

    world->virConnect = conn;
    world->virFarm = new_farm(world->virConnect, "some", uuid_bytes);
}

void every_call_tear_down(int number)
{
    struct world *world = &worlds[number];

    object_unref((struct object *)world->virFarm);
    object_unref((struct object *)world->virConnect);
}

#undef FAILS
#define FAILS (virFarmLookupByUUID(conn, uuid)) == NULL
static void call_virFarmLookupByUUID(void)
{
    virConnectPtr conn = full->virConnect;
    unsigned char uuid_room[64] = {};
    const unsigned char *uuid = uuid_room;

    WITH(conn, NULL, VIR_ERR_OK, "");
    WITH(conn, (void *)full->virFarm, VIR_ERR_OK, "");
    WITH(conn, freed_object(), VIR_ERR_OK, "");
    WITH(uuid, NULL, VIR_ERR_INVALID_ARG, "uuid in virFarmLookupByUUID must not be NULL");
    EXPECT("valid", VIR_ERR_NO_SUPPORT, "virFarmLookupByUUID (driver Empty)");
    conn = bare->virConnect;
    EXPECT("without tables", VIR_ERR_NO_SUPPORT, "virFarmLookupByUUID (driver Empty)");
    conn = full->virConnect;
    conn = readonly->virConnect;
    EXPECT("read-only", VIR_ERR_NO_SUPPORT, "virFarmLookupByUUID (driver Empty)");
    conn = full->virConnect;
    (void)conn;
    (void)uuid;
}

#undef FAILS
#define FAILS (virFarmLookupByUUIDString(conn, uuidstr)) == NULL
static void call_virFarmLookupByUUIDString(void)
{
    virConnectPtr conn = full->virConnect;
    const char * uuidstr = "6695eb01-f6a4-8304-79aa-97f2502e193f";

    WITH(conn, NULL, VIR_ERR_OK, "");
    WITH(conn, (void *)full->virFarm, VIR_ERR_OK, "");
    WITH(conn, freed_object(), VIR_ERR_OK, "");
    WITH(uuidstr, NULL, VIR_ERR_INVALID_ARG, "uuidstr in virFarmLookupByUUIDString must not be NULL");
    EXPECT("valid", VIR_ERR_NO_SUPPORT, "virFarmLookupByUUID (driver Empty)");
    conn = bare->virConnect;
    EXPECT("without tables", VIR_ERR_NO_SUPPORT, "virFarmLookupByUUID (driver Empty)");
    conn = full->virConnect;
    WITH(uuidstr, "", VIR_ERR_INVALID_ARG, "uuidstr in virFarmLookupByUUIDString must be a valid UUID");
    WITH(uuidstr, "x", VIR_ERR_INVALID_ARG, "uuidstr in virFarmLookupByUUIDString must be a valid UUID");
    WITH(uuidstr, "\xff\xfe", VIR_ERR_INVALID_ARG, "uuidstr in virFarmLookupByUUIDString must be a valid UUID");
    WITH(uuidstr, "6695eb01-f6a4-8304-79aa-97f2502e193", VIR_ERR_INVALID_ARG, "uuidstr in virFarmLookupByUUIDString must be a valid UUID");
    WITH(uuidstr, "6695eb01-f6a4-8304-79aa-97f2502e193fa", VIR_ERR_INVALID_ARG, "uuidstr in virFarmLookupByUUIDString must be a valid UUID");
    WITH(uuidstr, long_text, VIR_ERR_INVALID_ARG, "uuidstr in virFarmLookupByUUIDString must be a valid UUID");
    conn = readonly->virConnect;
    EXPECT("read-only", VIR_ERR_NO_SUPPORT, "virFarmLookupByUUID (driver Empty)");
    conn = full->virConnect;
    (void)conn;
    (void)uuidstr;
}

#undef FAILS
#define FAILS (virFarmGetName(farm)) == NULL
static void call_virFarmGetName(void)
{
    virFarmPtr farm = full->virFarm;

    WITH(farm, NULL, VIR_ERR_NO_FARM, "virFarmGetName");
    WITH(farm, (void *)full->virConnect, VIR_ERR_NO_FARM, "virFarmGetName");
    WITH(farm, freed_object(), VIR_ERR_NO_FARM, "virFarmGetName");
    SUCCEEDS(FAILS);
    (void)farm;
}

#undef FAILS
#define FAILS (virFarmFree(farm)) < 0
static void call_virFarmFree(void)
{
    virFarmPtr farm = full->virFarm;

    WITH(farm, NULL, VIR_ERR_NO_FARM, "virFarmFree");
    WITH(farm, (void *)full->virConnect, VIR_ERR_NO_FARM, "virFarmFree");
    WITH(farm, freed_object(), VIR_ERR_NO_FARM, "virFarmFree");
    (void)farm;
}

#undef FAILS
#define FAILS (virFarmGetInfo(farm, info)) < 0
static void call_virFarmGetInfo(void)
{
    virFarmPtr farm = full->virFarm;
    virFarmInfo info_room[64] = {0};
    virFarmInfoPtr info = info_room;

    WITH(farm, NULL, VIR_ERR_NO_FARM, "virFarmGetInfo");
    WITH(farm, (void *)full->virConnect, VIR_ERR_NO_FARM, "virFarmGetInfo");
    WITH(farm, freed_object(), VIR_ERR_NO_FARM, "virFarmGetInfo");
    WITH(info, NULL, VIR_ERR_INVALID_ARG, "info in virFarmGetInfo must not be NULL");
    EXPECT("valid", VIR_ERR_NO_SUPPORT, "virFarmGetInfo (driver Empty)");
    farm = bare->virFarm;
    EXPECT("without tables", VIR_ERR_NO_SUPPORT, "virFarmGetInfo (driver Empty)");
    farm = full->virFarm;
    farm = readonly->virFarm;
    EXPECT("read-only", VIR_ERR_NO_SUPPORT, "virFarmGetInfo (driver Empty)");
    farm = full->virFarm;
    (void)farm;
    (void)info;
}

#undef FAILS
#define FAILS (virFarmGetTuning(farm, params, nparams, flags)) < 0
static void call_virFarmGetTuning(void)
{
    virFarmPtr farm = full->virFarm;
    virTypedParameter params_room[64] = {};
    virTypedParameterPtr params = params_room;
    int nparams_room[64] = {2};
    int *nparams = nparams_room;
    unsigned int flags = 0;

    WITH(farm, NULL, VIR_ERR_NO_FARM, "virFarmGetTuning");
    WITH(farm, (void *)full->virConnect, VIR_ERR_NO_FARM, "virFarmGetTuning");
    WITH(farm, freed_object(), VIR_ERR_NO_FARM, "virFarmGetTuning");
    WITH(params, NULL, VIR_ERR_INVALID_ARG, "params in virFarmGetTuning must not be NULL");
    WITH(nparams, NULL, VIR_ERR_INVALID_ARG, "nparams in virFarmGetTuning must not be NULL");
    EXPECT("valid", VIR_ERR_NO_SUPPORT, "virFarmGetTuning (driver Empty)");
    farm = bare->virFarm;
    EXPECT("without tables", VIR_ERR_NO_SUPPORT, "virFarmGetTuning (driver Empty)");
    farm = full->virFarm;
    nparams_room[0] = -1;
    EXPECT("*nparams = -1", VIR_ERR_INVALID_ARG, "nparams in virFarmGetTuning must");
    nparams_room[0] = G_MININT;
    EXPECT("*nparams = G_MININT", VIR_ERR_INVALID_ARG, "nparams in virFarmGetTuning must");
    nparams_room[0] = 2;
    WITH(flags, VIR_FARM_FENCED | VIR_FARM_OPEN, VIR_ERR_INVALID_ARG, "'VIR_FARM_FENCED' and 'VIR_FARM_OPEN'");
    WITH(flags, ~0U, VIR_ERR_INVALID_ARG, "mutually exclusive");
    farm = readonly->virFarm;
    EXPECT("read-only", VIR_ERR_NO_SUPPORT, "virFarmGetTuning (driver Empty)");
    farm = full->virFarm;
    flags = VIR_FARM_OPEN;
    farm = readonly->virFarm;
    EXPECT("read-only, VIR_FARM_OPEN", VIR_ERR_OPERATION_DENIED, "virFarmGetTuning");
    farm = full->virFarm;
    flags = 0;
    (void)farm;
    (void)params;
    (void)nparams;
    (void)flags;
}

#undef FAILS
#define FAILS (virFarmListAll(conn, farms, flags)) < 0
static void call_virFarmListAll(void)
{
    virConnectPtr conn = full->virConnect;
    virFarmPtr * farms_room[64] = {(void *)&poison};
    virFarmPtr **farms = farms_room;
    unsigned int flags = 0;

    WITH(conn, NULL, VIR_ERR_OK, "");
    WITH(conn, (void *)full->virFarm, VIR_ERR_OK, "");
    WITH(conn, freed_object(), VIR_ERR_OK, "");
    EXPECT("valid", VIR_ERR_NO_SUPPORT, "virFarmListAll (driver Empty)");
    CLEARED(farms_room[0]);
    conn = bare->virConnect;
    EXPECT("without tables", VIR_ERR_NO_SUPPORT, "virFarmListAll (driver Empty)");
    conn = full->virConnect;
    WITH(flags, 0, VIR_ERR_NO_SUPPORT, "virFarmListAll (driver Empty)");
    WITH(flags, G_MAXINT, VIR_ERR_NO_SUPPORT, "virFarmListAll (driver Empty)");
    WITH(flags, 0x80000000U, VIR_ERR_NO_SUPPORT, "virFarmListAll (driver Empty)");
    WITH(flags, G_MAXUINT, VIR_ERR_NO_SUPPORT, "virFarmListAll (driver Empty)");
    conn = readonly->virConnect;
    EXPECT("read-only", VIR_ERR_NO_SUPPORT, "virFarmListAll (driver Empty)");
    conn = full->virConnect;
    (void)conn;
    (void)farms;
    (void)flags;
}

#undef FAILS
#define FAILS (virFarmClose(farm, days)) < 0
static void call_virFarmClose(void)
{
    virFarmPtr farm = full->virFarm;
    unsigned int days = 1;

    WITH(farm, NULL, VIR_ERR_NO_FARM, "virFarmClose");
    WITH(farm, (void *)full->virConnect, VIR_ERR_NO_FARM, "virFarmClose");
    WITH(farm, freed_object(), VIR_ERR_NO_FARM, "virFarmClose");
    EXPECT("valid", VIR_ERR_NO_SUPPORT, "virFarmClose (driver Empty)");
    farm = bare->virFarm;
    EXPECT("without tables", VIR_ERR_NO_SUPPORT, "virFarmClose (driver Empty)");
    farm = full->virFarm;
    WITH(days, 0, VIR_ERR_INVALID_ARG, "days in virFarmClose must");
    WITH(days, G_MAXINT, VIR_ERR_NO_SUPPORT, "virFarmClose (driver Empty)");
    WITH(days, 0x80000000U, VIR_ERR_NO_SUPPORT, "virFarmClose (driver Empty)");
    WITH(days, G_MAXUINT, VIR_ERR_NO_SUPPORT, "virFarmClose (driver Empty)");
    farm = readonly->virFarm;
    EXPECT("read-only", VIR_ERR_OPERATION_DENIED, "virFarmClose");
    farm = full->virFarm;
    (void)farm;
    (void)days;
}

const struct every_call every_call[] = {
    {"virFarmLookupByUUID", call_virFarmLookupByUUID},
    {"virFarmLookupByUUIDString", call_virFarmLookupByUUIDString},
    {"virFarmGetName", call_virFarmGetName},
    {"virFarmFree", call_virFarmFree},
    {"virFarmGetInfo", call_virFarmGetInfo},
    {"virFarmGetTuning", call_virFarmGetTuning},
    {"virFarmListAll", call_virFarmListAll},
    {"virFarmClose", call_virFarmClose},
};
const size_t n_every_call = G_N_ELEMENTS(every_call);
