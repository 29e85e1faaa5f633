/* The private side of public objects. */
#pragma once

#include <corral/corral.h>
#include "core/base/export.h"
#include "core/object/object.h"

extern const struct object_class virConnect_class;
#define is_virConnect(object) object_is((object), &virConnect_class)
extern const struct object_class virFarm_class;
#define is_virFarm(object) object_is((object), &virFarm_class)

struct _virFarm {
    struct object base;
    virConnectPtr conn;
    char *name;
    unsigned char uuid[VIR_UUID_BUFLEN];
};
CORRAL_PRIVATE virFarmPtr new_farm(virConnectPtr parent, const char *name, const unsigned char *uuid);

