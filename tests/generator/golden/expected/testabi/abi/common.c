#define VIR_ENUM_SENTINELS
#include <stddef.h>
#include <libvirt/libvirt.h>

_Static_assert(VIR_UUID_BUFLEN == 16,
               "VIR_UUID_BUFLEN");

_Static_assert(sizeof(virErrorNumber) == sizeof(int),
               "virErrorNumber");
_Static_assert(VIR_ERR_OK == 0,
               "VIR_ERR_OK");
_Static_assert(VIR_ERR_NO_FARM == 1,
               "VIR_ERR_NO_FARM");
_Static_assert(VIR_ERR_NUMBER_LAST == 2,
               "VIR_ERR_NUMBER_LAST");

_Static_assert(sizeof(virErrorDomain) == sizeof(int),
               "virErrorDomain");
_Static_assert(VIR_FROM_NONE == 0,
               "VIR_FROM_NONE");
_Static_assert(VIR_FROM_FARM == 1,
               "VIR_FROM_FARM");
