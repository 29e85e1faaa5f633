/* Where daemons listen on a host, when nobody says it. */
#pragma once

#include "core/drivers/remote/address.h"

/* Names below the folder of sockets, in the order in which they are tried: what `mode` of the URI
 * leaves of them. NULL with an error. */
GPtrArray *remote_places(const struct remote_address *address);
