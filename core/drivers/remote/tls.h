/* A client's end of TLS. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/rpc/socket.h"

/* Secures a connected socket as the URI says; -1 with an error, and then the socket is the
 * caller's to close. */
int remote_secure(const struct remote_address *address, struct rpc_socket *socket);
