/* The way through ssh, to a helper or a netcat on the far side. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/rpc/socket.h"

/* -1 with an error. */
int ssh_connect(const struct remote_address *address, struct rpc_socket *ret_socket);
