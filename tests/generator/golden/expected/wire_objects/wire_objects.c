#include "wire_objects.h"

virFarmPtr wire_new_farm(virConnectPtr conn, const wire_farm *from)
{
    return new_farm(conn, from->name, from->uuid);
}

