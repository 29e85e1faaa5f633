#define VIR_ENUM_SENTINELS
#include <stddef.h>
#include <libvirt/libvirt.h>

_Static_assert(__builtin_strcmp(VIR_FARM_TUNING_HAY, "hay") == 0,
               "VIR_FARM_TUNING_HAY");

_Static_assert(__builtin_strcmp(VIR_FARM_TUNING_STALL, "stall.%u") == 0,
               "VIR_FARM_TUNING_STALL");

_Static_assert(sizeof(virFarmFlags) == sizeof(int),
               "virFarmFlags");
_Static_assert(VIR_FARM_FENCED == 1,
               "VIR_FARM_FENCED");
_Static_assert(VIR_FARM_OPEN == 2,
               "VIR_FARM_OPEN");

_Static_assert(__builtin_types_compatible_p(virConnectPtr, virConnect *),
               "virConnectPtr");

_Static_assert(__builtin_types_compatible_p(virFarmPtr, virFarm *),
               "virFarmPtr");

struct described_virFarmInfo {
    unsigned int animals;
    unsigned long long milk;
};
_Static_assert(sizeof(virFarmInfo) == sizeof(struct described_virFarmInfo),
               "virFarmInfo");
_Static_assert(__builtin_types_compatible_p(virFarmInfoPtr, virFarmInfo *),
               "virFarmInfoPtr");
_Static_assert(offsetof(virFarmInfo, animals) == offsetof(struct described_virFarmInfo, animals),
               "virFarmInfo.animals");
_Static_assert(__builtin_types_compatible_p(__typeof__(((virFarmInfo *)0)->animals), __typeof__(((struct described_virFarmInfo *)0)->animals)),
               "virFarmInfo.animals");
_Static_assert(offsetof(virFarmInfo, milk) == offsetof(struct described_virFarmInfo, milk),
               "virFarmInfo.milk");
_Static_assert(__builtin_types_compatible_p(__typeof__(((virFarmInfo *)0)->milk), __typeof__(((struct described_virFarmInfo *)0)->milk)),
               "virFarmInfo.milk");

_Static_assert(__builtin_types_compatible_p(virFarmCallback, void (*)(virConnectPtr conn, virFarmPtr farm, void *opaque)),
               "virFarmCallback");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmDefault), virFarmInfoPtr),
               "virFarmDefault");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmLookupByUUID), virFarmPtr (virConnectPtr, const unsigned char *)),
               "virFarmLookupByUUID");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmLookupByUUIDString), virFarmPtr (virConnectPtr, const char *)),
               "virFarmLookupByUUIDString");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmGetName), const char * (virFarmPtr)),
               "virFarmGetName");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmFree), int (virFarmPtr)),
               "virFarmFree");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmGetInfo), int (virFarmPtr, virFarmInfoPtr)),
               "virFarmGetInfo");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmGetTuning), int (virFarmPtr, virTypedParameterPtr, int *, unsigned int)),
               "virFarmGetTuning");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmListAll), int (virConnectPtr, virFarmPtr **, unsigned int)),
               "virFarmListAll");

_Static_assert(__builtin_types_compatible_p(__typeof__(virFarmClose), int (virFarmPtr, unsigned int)),
               "virFarmClose");
