/* Objects to their identities on the wire, and from them. An identity points into its object. */
#pragma once

#include "core/base/export.h"
#include "objects.h"
#include "wire.h"

static inline wire_farm wire_of_farm(virFarmPtr object)
{
    return (wire_farm){.name = object->name, .uuid = object->uuid};
}

/* A new object with what parents it needs; never NULL. */
CORRAL_PRIVATE virFarmPtr wire_new_farm(virConnectPtr conn, const wire_farm *from);
