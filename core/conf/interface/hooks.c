/* What the table of this kind cannot say. */
#include "core/conf/interface/hooks.h"

#include "conf/interface_doc.h"

const struct interface_hooks interface_hooks = {
    .protocol = interface_hook_protocol,
    .mtu = interface_hook_mtu,
    .bridge = interface_hook_bridge,
    .bond = interface_hook_bond,
};
