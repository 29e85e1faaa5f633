#include "core/conf/network/hooks.h"
#include "conf/network_doc.h"

#include <corral/corral.h>

#define SHORTEST_SECONDS 120

static unsigned seconds_in(enum network_lease_unit unit)
{
    return unit == NETWORK_LEASE_UNIT_SECONDS ? 1 : unit == NETWORK_LEASE_UNIT_HOURS ? 3600 : 60;
}

/* For ever has no unit. */
int network_hook_lease(void *part, const struct doc_call *call)
{
    struct network_lease *lease = part;

    if (lease->expiry == 0) {
        lease->unit = 0;
        return 0;
    }
    if (lease->expiry >= SHORTEST_SECONDS / seconds_in(lease->unit))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "The minimum lease time should be greater than 2 minutes, not %llu %s",
              (unsigned long long)lease->expiry, doc_word(&network_lease_unit_words, lease->unit));
    return -1;
}
