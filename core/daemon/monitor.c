/* The end of the daemon's own connection to a driver, which none of ours comes to. */
#include "core/daemon/dispatch.h"

int dispatch_connect_register_close_callback(struct dispatch_call *call, const void *message,
                                             void *answer)
{
    return 0;
}

int dispatch_connect_unregister_close_callback(struct dispatch_call *call, const void *message,
                                               void *answer)
{
    return 0;
}
