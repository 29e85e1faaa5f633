/* Logging in by SASL. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/object/connect.h"

/* With the mechanism that the server and we like best, or `mechanism` where that is not NULL; -1
 * with an error. What the mechanism protects goes through its layer from then on. */
int remote_login(virConnectPtr conn, const struct remote_address *address, virConnectAuthPtr auth,
                 const char *mechanism);
