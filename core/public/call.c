/* Deadlines and cancelling. */
#include <corral/call.h>

#include "core/public/entry.h"

#define ORIGIN VIR_FROM_NONE

int corralSetCallTimeout(virConnectPtr conn, unsigned int milliseconds, unsigned int flags)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK(!(flags & ~CORRAL_CALL_TIMEOUT_THREAD),
          error_set(ORIGIN, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in %s: CORRAL_CALL_TIMEOUT_THREAD is accepted",
                    flags, __func__));
    CHECK_SIZE(milliseconds, (unsigned int)G_MAXINT);
    if (flags & CORRAL_CALL_TIMEOUT_THREAD)
        call_thread_timeout(milliseconds ? (int)milliseconds : -1);
    else
        call_group_set_timeout(&conn->calls, milliseconds);
    return 0;
fail:
    error_dispatch(NULL);
    return -1;
}

int corralCancelCalls(virConnectPtr conn, unsigned int flags)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK(flags == 0, error_set(ORIGIN, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in %s: 0 is accepted", flags,
                                __func__));
    return call_group_cancel(&conn->calls);
fail:
    error_dispatch(NULL);
    return -1;
}
