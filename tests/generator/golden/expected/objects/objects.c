#include "objects.h"
#include "core/object/connect.h"
#include "core/object/stream.h"
#include "core/object/error.h"
#include "core/base/uuid.h"
#include "core/base/export.h"
#include <string.h>
#include <stdlib.h>

static void farm_dispose(struct object *object)
{
    virFarmPtr self = (virFarmPtr)object;

    free(self->name);
    object_unref(&self->conn->base);
}

const struct object_class virFarm_class = { "virFarm", sizeof(struct _virFarm), VIR_ERR_NO_FARM, VIR_FROM_FARM, farm_dispose };

virFarmPtr new_farm(virConnectPtr parent, const char *name, const unsigned char *uuid)
{
    virFarmPtr self = object_new(&virFarm_class);

    self->conn = object_ref(&parent->base);
    self->name = name ? strdup(name) : NULL;
    memcpy(self->uuid, uuid, VIR_UUID_BUFLEN);
    return self;
}

const char *virFarmGetName(virFarmPtr farm)
{
    error_reset();
    if (G_UNLIKELY(!is_virFarm(farm))) {
        object_invalid(farm, &virFarm_class, __func__);
        error_dispatch(NULL);
        return NULL;
    }
    return farm->name;
}

int virFarmFree(virFarmPtr farm)
{
    error_reset();
    if (G_UNLIKELY(!is_virFarm(farm))) {
        object_invalid(farm, &virFarm_class, __func__);
        error_dispatch(NULL);
        return -1;
    }
    object_unref(&farm->base);
    return 0;
}

