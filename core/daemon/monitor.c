/* What QEMU's monitors announce: nothing yet. */
#include "core/daemon/dispatch.h"

int dispatch_connect_domain_qemu_monitor_event_register(struct dispatch_call *call,
                                                        const void *message, void *answer)
{
    error_set(VIR_FROM_RPC, VIR_ERR_NO_SUPPORT, "virConnectDomainQemuMonitorEventRegister");
    return -1;
}

int dispatch_connect_domain_qemu_monitor_event_deregister(struct dispatch_call *call,
                                                          const void *message, void *answer)
{
    error_set(VIR_FROM_RPC, VIR_ERR_NO_SUPPORT, "virConnectDomainQemuMonitorEventDeregister");
    return -1;
}

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
