#include "core/rpc/client_share.h"

#include "core/object/error.h"
#include "core/rpc/client_private.h"

struct rpc_client *rpc_client_hold(struct rpc_client *client)
{
    lock_guard(&client->lock);
    return rpc_client_ref(client);
}

void rpc_client_drop(struct rpc_client *client)
{
    if (client)
        rpc_client_unref(client);
}

int rpc_client_reason(struct rpc_client *client)
{
    lock_guard(&client->lock);
    return client->reason;
}

unsigned int rpc_process_mark(void)
{
    return rpc_forks;
}

int rpc_process_check(unsigned int mark)
{
    if (mark == rpc_forks)
        return 0;
    error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_INVALID,
              "the connection belongs to the process that this one was forked from: open one of "
              "your own");
    return -1;
}
