/* Ways to a daemon. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/rpc/socket.h"

/* Connects; -1 with an error that says what was tried. Whatever secures the connection is there
 * when it comes back. */
int remote_connect(const struct remote_address *address, struct rpc_socket *ret_socket);
