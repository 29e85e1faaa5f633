/* A client that several use while one of them may replace it. */
#pragma once

#include "core/rpc/client.h"

/* Another reference; the client stays in memory, whoever closes it. */
struct rpc_client *rpc_client_hold(struct rpc_client *client);
void rpc_client_drop(struct rpc_client *client); /* NULL is fine */

/* Why it has ended: a virConnectCloseReason. */
int rpc_client_reason(struct rpc_client *client);

/* Marks this process, and looks whether it still is the one that was marked: -1 with an error in a
 * child of it. */
unsigned int rpc_process_mark(void);
int rpc_process_check(unsigned int mark);
