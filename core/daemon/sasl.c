/* Logins by SASL. */
#include "core/daemon/client.h"
#include "core/daemon/dispatch.h"

static int refuse_sasl(void)
{
    error_set(VIR_FROM_RPC, VIR_ERR_AUTH_FAILED, "SASL is not offered here");
    return -1;
}

int dispatch_auth_sasl_init(struct dispatch_call *call, const void *message, void *answer)
{
    return refuse_sasl();
}

int dispatch_auth_sasl_start(struct dispatch_call *call, const void *message, void *answer)
{
    return refuse_sasl();
}

int dispatch_auth_sasl_step(struct dispatch_call *call, const void *message, void *answer)
{
    return refuse_sasl();
}
