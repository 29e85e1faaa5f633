/* Programs whose input and output are a connection: ssh, and whatever the user names. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/rpc/socket.h"

/* -1 with an error. The program ends with the socket; what it complains about is the socket's
 * problem. */
int command_run(char **argv, struct rpc_socket *ret_socket);
int command_ext(const struct remote_address *address, struct rpc_socket *ret_socket);
