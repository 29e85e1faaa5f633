#ifndef CORRAL_FARM_H
#define CORRAL_FARM_H

/* Farms and barns. */

#include <stddef.h>
#include <corral/common.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef CORRAL_BUILDING
#pragma GCC visibility push(default)
#endif

/* per day */
#define VIR_FARM_TUNING_HAY "hay"
/* who lives there */
#define VIR_FARM_TUNING_STALL "stall.%u"

/* A connection. */
typedef struct _virConnect virConnect;
typedef virConnect *virConnectPtr;

/* A farm. */
typedef struct _virFarm virFarm;
typedef virFarm *virFarmPtr;

typedef enum {
    /* with a fence */
    VIR_FARM_FENCED = 1 << 0,
    /* without one */
    VIR_FARM_OPEN = 1 << 1,
} virFarmFlags;

typedef struct _virFarmInfo virFarmInfo;
typedef virFarmInfo *virFarmInfoPtr;

/*
 * @conn: the connection
 * @farm: where it happened
 * @opaque: what was registered
 */
typedef void (*virFarmCallback)(virConnectPtr conn, virFarmPtr farm, void *opaque);

struct _virFarmInfo {
    /* how many there are */
    unsigned int animals;
    /* of today */
    unsigned long long milk;
};

extern virFarmInfoPtr virFarmDefault;

/*
 * Finds a farm.
 *
 * @conn: the connection
 * @uuid: 16 bytes
 *
 * Returns the farm
 */
virFarmPtr virFarmLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/*
 * Finds a farm by text.
 *
 * @conn: the connection
 * @uuidstr: 36 characters
 *
 * Returns the farm
 */
virFarmPtr virFarmLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/*
 * Names a farm.
 *
 * @farm: the farm
 *
 * Returns its name
 */
const char *virFarmGetName(virFarmPtr farm);

/*
 * Lets go of it.
 *
 * @farm: the farm
 */
int virFarmFree(virFarmPtr farm);

/*
 * Counts animals.
 *
 * @farm: the farm
 * @info: filled in
 */
int virFarmGetInfo(virFarmPtr farm, virFarmInfoPtr info);

/*
 * Tells how it is run.
 *
 * @farm: the farm
 * @params: filled in
 * @nparams: room in @params, then how many there are
 * @flags: which
 */
int virFarmGetTuning(virFarmPtr farm, virTypedParameterPtr params, int *nparams, unsigned int flags);

/*
 * Lists farms.
 *
 * @conn: the connection
 * @farms: all of them
 * @flags: which
 *
 * Returns how many
 */
int virFarmListAll(virConnectPtr conn, virFarmPtr **farms, unsigned int flags);

/*
 * Closes a farm.
 *
 * @farm: the farm
 * @days: for how long
 */
int virFarmClose(virFarmPtr farm, unsigned int days);

#ifdef CORRAL_BUILDING
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
