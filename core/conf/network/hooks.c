/* What the table of this kind cannot say. */
#include "core/conf/network/hooks.h"

#include "conf/network_doc.h"

const struct network_hooks network_hooks = {
    .forward = network_hook_forward,
    .lease = network_hook_lease,
};
