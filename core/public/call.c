/* Deadlines and cancelling. */
#include <corral/call.h>

#include "core/public/entry.h"

#define ORIGIN VIR_FROM_NONE

int corralSetCallTimeout(virConnectPtr conn, unsigned int milliseconds, unsigned int flags)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK(!(flags & ~CORRAL_CALL_TIMEOUT_THREAD),
          entry_flags(ORIGIN, flags, "CORRAL_CALL_TIMEOUT_THREAD", __func__));
    CHECK_SIZE(milliseconds, (unsigned int)G_MAXINT);
    if (flags & CORRAL_CALL_TIMEOUT_THREAD)
        call_thread_timeout(milliseconds ? (int)milliseconds : -1);
    else
        call_group_set_timeout(&conn->calls, milliseconds);
    return 0;
fail:
    error_dispatch(is_virConnect(conn) ? conn : NULL);
    return -1;
}

int corralCancelCalls(virConnectPtr conn, unsigned int flags)
{
    error_reset();
    CHECK_OBJECT(virConnect, conn);
    CHECK(flags == 0, entry_flags(ORIGIN, flags, "0", __func__));
    return call_group_cancel(&conn->calls);
fail:
    error_dispatch(is_virConnect(conn) ? conn : NULL);
    return -1;
}
