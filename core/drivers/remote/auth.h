/* Telling the daemon who calls. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/object/connect.h"

int remote_authenticate(virConnectPtr conn, const struct remote_address *address,
                        virConnectAuthPtr auth);
