#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

/* For ever has no unit. */
int network_hook_lease(void *part, const struct doc_call *call)
{
    struct network_lease *lease = part;

    (void)call;
    if (lease->expiry == 0)
        lease->unit = 0;
    return 0;
}
